package io.lockkeeper.executor.history;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Plan.FileVersion;

/**
 * Which of a team's files count as applied, because its own tool has applied them: so that a project may switch over
 * without running anything twice. What does not fit is refused rather than guessed.
 */
public sealed interface HistoryAdoption {

    /** @param pending what is left to release, in order */
    record Taken(List<FileVersion> applied, List<String> pending) implements HistoryAdoption {}

    record Refused(String code, String message) implements HistoryAdoption {}

    /**
     * @param table   of the tool, for messages
     * @param history its rows
     * @param files   all of the team's files
     * @param known   checksums of those that the ledger has already, by version
     */
    static HistoryAdoption of(String table, List<AppliedVersion> history, List<FileVersion> files,
            Map<String, String> known) {
        List<String> unsound = history.stream().filter(row -> !row.sound()).map(AppliedVersion::version).toList();
        if (!unsound.isEmpty()) {
            return new Refused("history-unsound", table + " says that versions " + unsound
                    + " were not applied whole: repair them with the tool that wrote it, then adopt again");
        }
        List<FileVersion> ordered = files.stream().sorted(Comparator.comparing(FileVersion::version, BY_NUMBERS))
                .toList();
        Set<String> versions = files.stream().map(FileVersion::version).map(HistoryAdoption::plain)
                .collect(Collectors.toSet());
        List<String> strange = history.stream().filter(row -> !row.inclusive()).map(AppliedVersion::version)
                .filter(version -> !versions.contains(plain(version))).toList();
        if (!strange.isEmpty()) {
            return new Refused("history-without-file", table + " has versions " + strange
                    + ", for which there is no file: adopt with the files of the branch that is deployed");
        }
        List<FileVersion> applied = new ArrayList<>();
        List<String> pending = new ArrayList<>();
        for (FileVersion file : ordered) {
            Optional<AppliedVersion> row = history.stream().filter(one -> covers(one, file.version())).findFirst();
            if (row.isEmpty() && !known.containsKey(file.version())) {
                pending.add(file.version());
                continue;
            }
            boolean changed = row.flatMap(AppliedVersion::crc32)
                    .filter(crc -> file.crc32().filter(own -> !own.equals(crc)).isPresent()).isPresent()
                    || !known.getOrDefault(file.version(), file.checksum()).equals(file.checksum());
            if (changed) {
                return new Refused("file-changed", file.path() + " is not what was applied as version "
                        + file.version() + ": its checksum differs; adopt with the file as it was applied");
            }
            applied.add(file);
        }
        return new Taken(applied, pending);
    }

    private static boolean covers(AppliedVersion row, String version) {
        return plain(row.version()).equals(plain(version))
                || row.inclusive() && BY_NUMBERS.compare(version, row.version()) <= 0;
    }

    /** Tools write one version in many ways: {@code 001}, {@code 1}, {@code 1.0}, {@code 2024-01-01-000000}. */
    static String plain(String version) {
        return version.replaceAll("(^|[.])0+(?=\\d)", "$1").replace("-", "").replaceAll("([.]0)+$", "");
    }

    Comparator<String> BY_NUMBERS = (one, other) -> {
        String[] left = plain(one).split("[.]");
        String[] right = plain(other).split("[.]");
        for (int part = 0; part < Math.min(left.length, right.length); part++) {
            int order = new BigInteger(left[part]).compareTo(new BigInteger(right[part]));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    };
}
