package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is expected of a case: in {@code plan.txt}, and, where an older server makes it differ, in {@code plan-15.txt}. */
public final class Expectation {

    static final boolean WRITE = Boolean.getBoolean("cases.write");
    private static final int NEWEST = 18;

    private Expectation() {}

    /** @param version of the server, its major number */
    public static void compare(Path folder, String name, int version, String actual) throws IOException {
        Path common = folder.resolve(name + ".txt");
        Path own = own(folder, name, version);
        if (WRITE) {
            Files.deleteIfExists(own);
            if (!Files.exists(common) || !Files.readString(common).equals(actual)) {
                Files.writeString(own, actual);
            }
        }
        Path expected = Files.exists(own) ? own : common;
        assertThat(expected).as(actual).exists();
        assertThat(actual).isEqualTo(Files.readString(expected));
    }

    static void remove(Path folder, String name, int version) throws IOException {
        Files.deleteIfExists(own(folder, name, version));
    }

    private static Path own(Path folder, String name, int version) {
        return folder.resolve(version == NEWEST ? name + ".txt" : name + "-" + version + ".txt");
    }
}
