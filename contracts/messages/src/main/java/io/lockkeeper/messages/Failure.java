package io.lockkeeper.messages;

import java.util.Optional;

/**
 * Something that went wrong, said so that machine and person know what to do.
 *
 * @param code     stable: {@code lock-timeout}, {@code catalog-changed}, {@code target-unreachable}
 * @param sqlState five characters, where the server said it
 * @param message  what, on which object, what to do next; never row data, never secrets
 */
public record Failure(String code, Kind kind, Optional<String> sqlState, String message) {

    public enum Kind {
        /** The input is wrong. */
        USER,
        /** It may pass by itself. */
        TRANSIENT,
        /** Somebody else's system. */
        EXTERNAL,
        /** Ours. */
        BUG
    }

    public Failure {
        Texts.required(code, "failure.code");
        Texts.required(kind, "failure.kind");
        Texts.required(message, "failure.message");
        sqlState = Texts.optional(sqlState);
    }
}
