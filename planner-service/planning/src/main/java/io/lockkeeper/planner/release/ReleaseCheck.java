package io.lockkeeper.planner.release;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;

/** Whether a release's set of files is sound, and which of them the target does not have yet. */
public final class ReleaseCheck {

    public sealed interface Result {}

    /**
     * @param files   those that the target does not have, in the order of their versions
     * @param present versions that it has already
     */
    public record Sound(List<MigrationFile> files, List<String> present) implements Result {

        public Sound {
            files = List.copyOf(files);
            present = List.copyOf(present);
        }
    }

    public record Unsound(List<Refusal> refusals) implements Result {

        public Unsound {
            refusals = List.copyOf(refusals);
        }
    }

    private static final String OUT_OF_ORDER = "out-of-order";

    private ReleaseCheck() {}

    /** What can be said without the target: an empty set, changed texts, versions given twice. */
    public static List<Refusal> files(ReleaseRequested release) {
        if (release.files().isEmpty()) {
            return List.of(refusal("empty-release", "release " + release.release() + " has no migration files",
                    Optional.empty(), "Send at least one file."));
        }
        List<Refusal> refusals = new ArrayList<>();
        Map<Version, MigrationFile> seen = new TreeMap<>();
        for (MigrationFile file : release.files()) {
            String actual = MigrationFile.checksum(file.sql());
            if (!actual.equals(file.checksum())) {
                refusals.add(refusal("checksum-mismatch",
                        file.path() + " has the checksum " + actual + ", not " + file.checksum(),
                        Optional.of(file), "The text changed on its way: send the file again."));
            }
            MigrationFile other = seen.putIfAbsent(Version.of(file.version()), file);
            if (other != null) {
                refusals.add(refusal("duplicate-version",
                        file.path() + " and " + other.path() + " have the same version " + file.version(),
                        Optional.of(file), "Give one of them another version."));
            }
        }
        return refusals;
    }

    /** Compares the files with the target's history. */
    public static Result against(ReleaseRequested release, List<AppliedMigration> history) {
        TreeMap<Version, AppliedMigration> applied = new TreeMap<>();
        history.forEach(migration -> applied.put(Version.of(migration.version()), migration));
        List<Refusal> refusals = new ArrayList<>();
        List<MigrationFile> files = new ArrayList<>();
        List<String> present = new ArrayList<>();
        for (MigrationFile file : release.files()) {
            AppliedMigration earlier = applied.get(Version.of(file.version()));
            if (earlier == null) {
                files.add(file);
            } else if (earlier.checksum().equals(file.checksum())) {
                present.add(file.version());
            } else {
                refusals.add(refusal("migration-changed",
                        file.path() + " was changed after version " + file.version() + " had been applied from "
                                + earlier.path(),
                        Optional.of(file), "Restore the file, and put the change into a new version."));
            }
        }
        refusals.addAll(predecessors(release, applied));
        refusals.addAll(order(release, files, applied));
        if (!refusals.isEmpty()) {
            return new Unsound(refusals);
        }
        if (files.isEmpty()) {
            return new Unsound(List.of(refusal("nothing-to-do",
                    "every file of release " + release.release() + " is in the target's history already",
                    Optional.empty(), "Nothing has to be done.")));
        }
        files.sort(Comparator.comparing(file -> Version.of(file.version())));
        return new Sound(files, present);
    }

    private static List<Refusal> predecessors(ReleaseRequested release, Map<Version, AppliedMigration> applied) {
        return release.predecessors().stream().filter(version -> !applied.containsKey(Version.of(version)))
                .map(version -> refusal("predecessor-missing",
                        "release " + release.release() + " builds on version " + version
                                + ", which is not in the target's history",
                        Optional.empty(), "Release version " + version + " first."))
                .toList();
    }

    /** What was written before, and reviewed before, what the target already has was never tried after it. */
    private static List<Refusal> order(ReleaseRequested release, List<MigrationFile> files,
            TreeMap<Version, AppliedMigration> applied) {
        if (applied.isEmpty()) {
            return List.of();
        }
        AppliedMigration last = applied.lastEntry().getValue();
        return files.stream().filter(file -> Version.of(file.version()).compareTo(applied.lastKey()) < 0)
                .filter(file -> !release.policy().allows(OUT_OF_ORDER, file.version()))
                .map(file -> refusal(OUT_OF_ORDER,
                        file.path() + " has version " + file.version() + ", and the target has version "
                                + last.version() + " already",
                        Optional.of(file), "Give the file a version after " + last.version()
                                + "; or allow it by an exception " + OUT_OF_ORDER + " for " + file.version() + "."))
                .toList();
    }

    private static Refusal refusal(String code, String message, Optional<MigrationFile> file, String advice) {
        return new Refusal(code, message, file.map(f -> new Refusal.Location(f.path(), 1, 1, "")), Optional.empty(),
                Optional.of(advice));
    }
}
