package io.lockkeeper.cli.manifest;

/** A release directory that cannot be used as it is; the message names the file and says what to change. */
public final class ManifestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ManifestException(String message) {
        super(message);
    }

    ManifestException(String message, Throwable cause) {
        super(message, cause);
    }
}
