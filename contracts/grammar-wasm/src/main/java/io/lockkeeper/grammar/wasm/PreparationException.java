package io.lockkeeper.grammar.wasm;

/** The build cannot go on; the message says what is wrong and what to do. */
final class PreparationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PreparationException(String message) {
        super(message);
    }

    PreparationException(String message, Throwable cause) {
        super(message, cause);
    }
}
