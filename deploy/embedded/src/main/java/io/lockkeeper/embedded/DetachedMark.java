package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file in a server's directory that says: this server is no orphan, it was meant to outlive its JVM. */
final class DetachedMark {

    private DetachedMark() {}

    static void put(Path root) {
        try {
            Files.writeString(file(root), "");
        } catch (IOException e) {
            throw failure(root, e);
        }
    }

    static boolean present(Path root) {
        return Files.exists(file(root));
    }

    static void remove(Path root) {
        try {
            Files.deleteIfExists(file(root));
        } catch (IOException e) {
            throw failure(root, e);
        }
    }

    private static Path file(Path root) {
        return root.resolve("detached");
    }

    private static EmbeddedServerException failure(Path root, IOException e) {
        return new EmbeddedServerException("Cannot write " + file(root), e.toString(),
                "Check that this user may write there", e);
    }
}
