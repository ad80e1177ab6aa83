package io.lockkeeper.service;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.lockkeeper.target.TargetRegistry;

/** {@code $LOCKKEEPER_HOME}: the registry of targets and the token that every write must show. */
@ApplicationScoped
public class Home {

    private final Path directory;

    Home(@ConfigProperty(name = "lockkeeper.home") String directory) {
        this.directory = Path.of(directory);
    }

    public Path directory() {
        return directory;
    }

    @Produces
    @ApplicationScoped
    TargetRegistry targets() {
        return new TargetRegistry(directory.resolve("targets"));
    }

    /** 64 hexadecimal digits from {@code token}, a file that only its owner can read; made if it is missing. */
    String token() {
        Path file = directory.resolve("token");
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read or make the token file " + file + ": check who owns it", e);
        }
    }

    private static void create(Path file) throws IOException {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        Files.createDirectories(file.getParent());
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path made = Files.createTempFile(file.getParent(), "token", ".new", ownerOnly);
        Files.writeString(made, HexFormat.of().formatHex(random));
        try {
            // A hard link fails where another service was faster; a rename would replace its token.
            Files.createLink(file, made);
        } catch (FileAlreadyExistsException e) {
            // The other one's token serves.
        } finally {
            Files.delete(made);
        }
    }
}
