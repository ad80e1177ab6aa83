package io.lockkeeper.grammar;

/** The parser itself broke on a text, which is a bug in it or here, never the fault of the text. It goes on working. */
public final class GrammarFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    GrammarFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
