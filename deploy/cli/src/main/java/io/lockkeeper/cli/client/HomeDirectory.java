package io.lockkeeper.cli.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;

/** {@code $LOCKKEEPER_HOME}: the token, the addresses of the services, the targets, what `up` left running. */
public record HomeDirectory(Path path) {

    public HomeDirectory {
        path = path.toAbsolutePath().normalize();
    }

    /** @param option of the command line; then the environment; then {@code ~/.lockkeeper} */
    public static HomeDirectory of(Optional<Path> option) {
        return new HomeDirectory(option.or(() -> Optional.ofNullable(System.getenv("LOCKKEEPER_HOME"))
                .filter(text -> !text.isBlank()).map(Path::of))
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".lockkeeper")));
    }

    public Path targets() {
        return path.resolve("targets");
    }

    public Path secrets() {
        return path.resolve("secrets");
    }

    /** Pid files. */
    public Path run() {
        return path.resolve("run");
    }

    public Path logs() {
        return path.resolve("logs");
    }

    public Path endpoints() {
        return path.resolve("endpoints");
    }

    /** Empty where no service and no `up` has made one yet. */
    public Optional<String> token() {
        Path file = path.resolve("token");
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.REFUSED,
                    "cannot read the token in " + file + ": run as its owner, or name another --home", e);
        }
    }

    /** 256 random bits that every write must show, made once. */
    public void makeToken() {
        if (token().isPresent()) {
            return;
        }
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        writeSecret(path.resolve("token"), HexFormat.of().formatHex(random));
    }

    /** A file that only its owner can read, whole or not at all. */
    public void writeSecret(Path file, String content) {
        write(file, content, "rw-------");
    }

    public void write(Path file, String content) {
        write(file, content, "rw-r--r--");
    }

    private void write(Path file, String content, String permissions) {
        try {
            makeDirectory(path);
            makeDirectory(file.getParent());
            Path made = Files.createTempFile(file.getParent(), "." + file.getFileName(), ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(made, content, StandardCharsets.UTF_8);
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE,
                    "cannot write " + file + ": " + e.getMessage() + "; check who owns " + path, e);
        }
    }

    /** Its owner alone may enter: it holds secrets. */
    private static void makeDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException aFileOfThatName) {
            throw new IOException(directory + " is no directory", aFileOfThatName);
        }
    }
}
