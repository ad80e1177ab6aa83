package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where bundled programs are unpacked. Programs are run from there, so it must belong to this user and nobody else may
 * write to it; and a server that drops root must be able to enter it, so it is never under root's home.
 */
final class BinaryCache {

    static final String PROPERTY = "lockkeeper.embedded.cache";

    private BinaryCache() {}

    static Path directory() {
        var refusals = new ArrayList<String>();
        for (var candidate : candidates()) {
            var refusal = prepare(candidate);
            if (refusal.isEmpty()) {
                return candidate;
            }
            refusals.add(candidate + " (" + refusal.get() + ")");
        }
        throw new EmbeddedServerException("There is no directory to unpack PostgreSQL's programs into",
                "none of these will do: " + String.join(", ", refusals),
                "Name a directory of your own by -D" + PROPERTY + "=DIR");
    }

    private static List<Path> candidates() {
        var named = System.getProperty(PROPERTY);
        if (named != null) {
            return List.of(Path.of(named).toAbsolutePath().normalize());
        }
        var candidates = new ArrayList<Path>();
        if (Account.current().root()) {
            candidates.add(Path.of("/var/cache/lockkeeper"));
        } else {
            var home = Path.of(System.getProperty("user.home", "/nonexistent"));
            if (home.isAbsolute() && Files.isWritable(home)) {
                candidates.add(home.resolve(".cache").resolve("lockkeeper"));
            }
        }
        candidates.add(Path.of("/var/tmp", "lockkeeper-" + Account.current().uid()));
        return candidates;
    }

    private static Optional<String> prepare(Path directory) {
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(directory.getParent());
                Files.createDirectory(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException e) {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of("cannot be made: " + e.getMessage());
            }
        }
        try {
            var permissions = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
            if (Directories.owner(directory) != Account.current().uid()) {
                return Optional.of("belongs to another user");
            }
            if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
                    || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
                return Optional.of("others may write to it");
            }
            return Files.isWritable(directory) ? Optional.empty() : Optional.of("is not writable");
        } catch (IOException e) {
            return Optional.of(e.toString());
        }
    }
}
