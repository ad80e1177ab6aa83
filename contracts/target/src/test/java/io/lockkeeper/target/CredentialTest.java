package io.lockkeeper.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTest {

    @TempDir
    Path directory;

    @Test
    void passwordIsReadFromItsFileEachTime() throws Exception {
        Path file = directory.resolve("password");
        Files.writeString(file, "first\nsecond line\n");
        Credential credential = credential("file:" + file);
        assertThat(credential.readPassword()).contains("first");
        Files.writeString(file, "rotated");
        assertThat(credential.readPassword()).contains("rotated");
    }

    @Test
    void passwordIsReadFromTheEnvironment() {
        String name = System.getenv().keySet().stream().filter(key -> !System.getenv(key).isEmpty()).findFirst()
                .orElseThrow();
        assertThat(credential("env:" + name).readPassword()).contains(System.getenv(name));
    }

    @Test
    void noPasswordIsNone() {
        assertThat(new Credential("ada", null).readPassword()).isEmpty();
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        assertThatExceptionOfType(TargetException.class)
                .isThrownBy(() -> credential("env:LOCKKEEPER_NO_SUCH_VARIABLE").readPassword())
                .withMessage("password of ada: environment variable LOCKKEEPER_NO_SUCH_VARIABLE is not set");
        Path missing = directory.resolve("missing");
        assertThatExceptionOfType(TargetException.class)
                .isThrownBy(() -> credential("file:" + missing).readPassword())
                .withMessage("password of ada: cannot read " + missing);
        Path empty = Files.createFile(directory.resolve("empty"));
        assertThatExceptionOfType(TargetException.class).isThrownBy(() -> credential("file:" + empty).readPassword())
                .withMessage("password of ada: " + empty + " is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2", "", "vault:secret/shop", "ENV:HOME"})
    void thePasswordItselfIsRefusedAndNotRepeated(String password) {
        assertThatExceptionOfType(TargetException.class).isThrownBy(() -> credential(password))
                .withMessage("a password must be a reference, env:NAME or file:/path, never the secret itself");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void aUserIsAskedFor(String user) {
        assertThatExceptionOfType(TargetException.class).isThrownBy(() -> new Credential(user, Optional.empty()))
                .withMessageContaining("state `user`");
        assertThatExceptionOfType(TargetException.class).isThrownBy(() -> new Credential(null, Optional.empty()));
    }

    private static Credential credential(String password) {
        return new Credential("ada", Optional.of(password));
    }
}
