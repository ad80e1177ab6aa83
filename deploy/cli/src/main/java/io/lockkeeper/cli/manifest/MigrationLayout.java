package io.lockkeeper.cli.manifest;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.messages.MigrationFile;

/**
 * How a team lays out its migration files. One directory has one layout: files of two layouts would leave their common
 * order to chance.
 */
public enum MigrationLayout {
    /** {@code V1__create.sql}, undone by {@code U1__create.sql}. */
    FLYWAY("Flyway (V1__name.sql)", "V(?<version>\\d+(?:[._]\\d+)*)__.+\\.sql",
            "U(?<version>\\d+(?:[._]\\d+)*)__.+\\.sql"),
    /** {@code 1_create.up.sql}, {@code 1_create.down.sql}. */
    GOLANG_MIGRATE("golang-migrate (1_name.up.sql)", "(?<version>\\d+)_.+\\.up\\.sql",
            "(?<version>\\d+)_.+\\.down\\.sql"),
    /** {@code 2024-01-01-000000_create/up.sql}, {@code …/down.sql}. */
    DIESEL("diesel (001_name/up.sql)", "(?<version>\\d[\\d-]*)(?:_[^/]*)?/up\\.sql",
            "(?<version>\\d[\\d-]*)(?:_[^/]*)?/down\\.sql"),
    /** {@code 001_create.sql}; there are no down files. */
    NUMBERED("plain numbered SQL (001_name.sql)", "(?<version>\\d+)(?:[_-](?!.*\\.(?:up|down)\\.sql$).*)?\\.sql",
            "(?!)(?<version>)");

    private static final Pattern REPEATABLE = Pattern.compile("R__.+\\.sql");

    private final String title;
    private final Pattern up;
    private final Pattern down;

    MigrationLayout(String title, String up, String down) {
        this.title = title;
        this.up = Pattern.compile(up);
        this.down = Pattern.compile(down);
    }

    public String title() {
        return title;
    }

    /**
     * The directory's migration files in the order of their versions.
     *
     * @throws ManifestException where files follow no layout, or more than one, or two files have one version
     */
    public static List<MigrationFile> read(Path directory) {
        Map<String, Path> files = sqlFiles(directory);
        if (files.isEmpty()) {
            throw new ManifestException("there are no .sql files in " + directory);
        }
        return layoutOf(directory, files).migrations(directory, files);
    }

    /** The one layout of these names. */
    static MigrationLayout layoutOf(Path directory, Map<String, Path> files) {
        Map<MigrationLayout, String> examples = new LinkedHashMap<>();
        List<String> strangers = new ArrayList<>();
        for (String name : files.keySet()) {
            if (REPEATABLE.matcher(name).matches()) {
                throw new ManifestException(directory.resolve(name) + " is a repeatable migration: Lockkeeper does not"
                        + " run them yet; state its change as a versioned migration");
            }
            Optional<MigrationLayout> layout = Arrays.stream(values()).filter(one -> one.owns(name)).findFirst();
            layout.ifPresentOrElse(one -> examples.putIfAbsent(one, name), () -> strangers.add(name));
        }
        if (!strangers.isEmpty()) {
            throw new ManifestException(directory.resolve(strangers.get(0)) + " follows no layout that is known: "
                    + Arrays.stream(values()).map(MigrationLayout::title).collect(Collectors.joining(", "))
                    + "; rename it or move it elsewhere");
        }
        if (examples.size() > 1) {
            throw new ManifestException(directory + " mixes layouts, so their order is not known: "
                    + examples.entrySet().stream().map(one -> one.getValue() + " is " + one.getKey().title)
                            .collect(Collectors.joining("; "))
                    + ". Keep one layout per directory");
        }
        return examples.keySet().iterator().next();
    }

    private boolean owns(String name) {
        return up.matcher(name).matches() || down.matcher(name).matches();
    }

    private List<MigrationFile> migrations(Path directory, Map<String, Path> files) {
        Map<String, String> ups = byVersion(directory, files, up);
        Map<String, String> downs = byVersion(directory, files, down);
        downs.forEach((version, name) -> {
            if (!ups.containsKey(version)) {
                throw new ManifestException(directory.resolve(name) + " undoes version " + version
                        + ", but there is no file that brings it in");
            }
        });
        String prefix = repositoryPath(directory);
        return ups.entrySet().stream().sorted(Map.Entry.comparingByKey(BY_NUMBERS)).map(entry -> {
            String sql = text(files.get(entry.getValue()));
            Optional<String> downSql = Optional.ofNullable(downs.get(entry.getKey())).map(files::get)
                    .map(MigrationLayout::text);
            return new MigrationFile(entry.getKey(), prefix + entry.getValue(), MigrationFile.checksum(sql), sql,
                    downSql);
        }).toList();
    }

    private static Map<String, String> byVersion(Path directory, Map<String, Path> files, Pattern pattern) {
        Map<String, String> names = new LinkedHashMap<>();
        for (String name : files.keySet()) {
            Matcher matcher = pattern.matcher(name);
            if (matcher.matches()) {
                String version = matcher.group("version").replace('_', '.');
                String other = names.putIfAbsent(version, name);
                if (other != null) {
                    throw new ManifestException(directory + ": " + other + " and " + name + " both have version "
                            + version + "; renumber one");
                }
            }
        }
        return names;
    }

    /** By the numbers in a version, so that 10 comes after 9 and 1.10 after 1.9. */
    private static final Comparator<String> BY_NUMBERS = (one, other) -> {
        String[] left = one.split("[.-]");
        String[] right = other.split("[.-]");
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            int order = new BigInteger(left[i]).compareTo(new BigInteger(right[i]));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    };

    /** Names relative to the directory; of its sub-directories only those that hold an up.sql or a down.sql. */
    private static Map<String, Path> sqlFiles(Path directory) {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (name.startsWith(".")) {
                    continue;
                }
                if (Files.isDirectory(entry)) {
                    for (String part : new String[]{"up.sql", "down.sql"}) {
                        if (Files.isRegularFile(entry.resolve(part))) {
                            files.put(name + "/" + part, entry.resolve(part));
                        }
                    }
                } else if (name.endsWith(".sql")) {
                    files.put(name, entry);
                }
            }
        } catch (IOException e) {
            throw new ManifestException("cannot list " + directory + ": " + e.getMessage(), e);
        }
        return files;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new ManifestException(file + " is not UTF-8", e);
        } catch (IOException e) {
            throw new ManifestException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The directory as the repository around it names it, with a slash at its end; messages show it to people. */
    private static String repositoryPath(Path directory) {
        Path whole = directory.toAbsolutePath().normalize();
        for (Path parent = whole; parent != null; parent = parent.getParent()) {
            if (Files.exists(parent.resolve(".git"))) {
                String path = parent.relativize(whole).toString();
                return path.isEmpty() ? "" : path + "/";
            }
        }
        return whole.getFileName() + "/";
    }
}
