package io.lockkeeper.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A user and where its password is found. The password itself never stands in a target file.
 *
 * @param password {@code env:NAME}, {@code file:/path} (its first line), or absent where the server asks for none
 */
public record Credential(String user, Optional<String> password) {

    public Credential {
        if (user == null || user.isBlank()) {
            throw new TargetException("a credential without a user: state `user`");
        }
        password = password == null ? Optional.empty() : password;
        password.ifPresent(Credential::requireReference);
    }

    /** The password, read anew each time, so that a rotated one is picked up by the next connection. */
    public Optional<String> readPassword() {
        return password.map(reference -> {
            String name = reference.substring(reference.indexOf(':') + 1);
            if (reference.startsWith("env:")) {
                return Optional.ofNullable(System.getenv(name)).orElseThrow(
                        () -> new TargetException(
                                "password of " + user + ": environment variable " + name + " is not set"));
            }
            try (var lines = Files.lines(Path.of(name))) {
                return lines.findFirst()
                        .orElseThrow(() -> new TargetException("password of " + user + ": " + name + " is empty"));
            } catch (IOException e) {
                throw new TargetException("password of " + user + ": cannot read " + name, e);
            }
        });
    }

    private static void requireReference(String reference) {
        if (!reference.startsWith("env:") && !reference.startsWith("file:")) {
            throw new TargetException(
                    "a password must be a reference, env:NAME or file:/path, never the secret itself");
        }
    }
}
