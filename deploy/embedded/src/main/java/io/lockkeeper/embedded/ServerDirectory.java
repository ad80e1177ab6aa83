package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The directory of one server, held by this JVM: configuration, log and data. A temporary one goes with the server.
 */
final class ServerDirectory implements AutoCloseable {

    private final Path root;
    private final boolean temporary;
    private final OwnerLock lock;

    private ServerDirectory(Path root, boolean temporary, OwnerLock lock) {
        this.root = root;
        this.temporary = temporary;
        this.lock = lock;
    }

    /** @param kept a directory to make or to reuse; without one, a temporary one is made */
    static ServerDirectory open(Optional<Path> kept, String prefix) {
        try {
            // Others may enter, not list: the server of a root JVM runs as another user. Its data are 0700.
            var enterable = PosixFilePermissions.fromString("rwx--x--x");
            Path root;
            if (kept.isPresent()) {
                root = kept.get().toAbsolutePath().normalize();
                if (!Files.isDirectory(root)) {
                    Files.createDirectories(root);
                    Files.setPosixFilePermissions(root, enterable);
                }
                root = root.toRealPath();
            } else {
                root = Files.createTempDirectory(prefix).toRealPath();
                Files.setPosixFilePermissions(root, enterable);
            }
            return new ServerDirectory(root, kept.isEmpty(), OwnerLock.take(root));
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot prepare the server directory " + kept.map(Path::toString)
                    .orElse("under " + System.getProperty("java.io.tmpdir")), e.toString(),
                    "Choose a directory that this user can write to", e);
        }
    }

    Path root() {
        return root;
    }

    Path resolve(String name) {
        return root.resolve(name);
    }

    Optional<Path> temporary() {
        return temporary ? Optional.of(root) : Optional.empty();
    }

    /**
     * A log that the server appends to and only this user reads: statements that fail are in it, with their values. The
     * server inherits it open, so it need not be allowed to open it.
     */
    static Path log(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return file;
    }

    /** Gives the directory up, and removes it if it is temporary. */
    @Override
    public void close() {
        lock.close();
        if (temporary) {
            try {
                Directories.delete(root);
            } catch (IOException e) {
                throw new EmbeddedServerException("Cannot remove the temporary directory " + root,
                        e.toString(), "Remove it by hand", e);
            }
        }
    }
}
