package io.lockkeeper.planner.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.ThrowingConsumer;

import io.lockkeeper.testbed.TestPostgres;

/** The folders of {@code src/test/cases}; {@code -Dcases.only=views,reindex} takes those whose names have one of the words. */
public final class CaseFolders {

    private static final Path CASES = Path.of("src/test/cases");

    private CaseFolders() {}

    public static Stream<DynamicTest> tests(ThrowingConsumer<Path> check) throws IOException {
        return tests(folder -> true, check);
    }

    /** A third of them, always the same: for checks that come upon what {@link CasesIT} has seen of every case. */
    static boolean inSlice(Path folder) {
        return Math.floorMod(folder.getFileName().toString().hashCode(), 3) == 0;
    }

    /** Those that are planned, not refused, on this server. */
    static Stream<DynamicTest> plannedTests(Predicate<Path> wanted, ThrowingConsumer<Path> check) throws IOException {
        String refused = "refusal-" + version() + ".txt";
        return tests(wanted.and(folder -> Files.exists(folder.resolve("plan.txt"))
                && !Files.exists(folder.resolve(refused))), check);
    }

    static Path named(String name) {
        return CASES.resolve(name);
    }

    static List<Path> all() throws IOException {
        try (Stream<Path> listed = Files.list(CASES)) {
            return listed.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static Stream<DynamicTest> tests(Predicate<Path> wanted, ThrowingConsumer<Path> check)
            throws IOException {
        List<String> only = List.of(System.getProperty("cases.only", "").split(","));
        int version = version();
        return all().stream().filter(wanted).filter(folder -> since(folder) <= version)
                .filter(folder -> only.stream().anyMatch(folder.getFileName().toString()::contains))
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check.accept(folder)));
    }

    /** Its file {@code since} names the first version that takes the release as written. */
    private static int since(Path folder) {
        Path since = folder.resolve("since");
        try {
            return Files.exists(since) ? Integer.parseInt(Files.readString(since).strip()) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int version() {
        try (Connection connection = TestPostgres.shared().connect("postgres")) {
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new IllegalStateException("which version the server has is not known", e);
        }
    }
}
