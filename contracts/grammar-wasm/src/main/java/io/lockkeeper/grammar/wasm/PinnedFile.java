package io.lockkeeper.grammar.wasm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file whose content is known in advance by its SHA-256 (lower-case hexadecimal). */
record PinnedFile(Path path, String sha256) {

    boolean isPresent() throws IOException {
        return Files.isRegularFile(path) && actualSha256().equals(sha256);
    }

    /** @throws PreparationException when the file is missing or holds anything else than what was pinned */
    void verify() throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new PreparationException("The package holds no " + path + ". Was another version installed than the"
                    + " lock file names?");
        }
        String actual = actualSha256();
        if (!actual.equals(sha256)) {
            throw new PreparationException(path + " is not the file that was reviewed: its SHA-256 is " + actual
                    + ", pinned is " + sha256 + ". If the parser is being upgraded on purpose, follow \"Upgrading the"
                    + " parser\" in contracts/grammar-wasm/README.md; otherwise do not use this file.");
        }
    }

    private String actualSha256() throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
