package io.lockkeeper.grammar;

/** The text nests deeper than the parser, or who reads its tree, can follow. Callers are given a {@link SyntaxError}. */
final class TooDeeplyNested extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooDeeplyNested(Throwable cause) {
        super(cause);
    }
}
