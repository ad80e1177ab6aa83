package io.lockkeeper.grammar.wasm.split;

/** The module uses something that the splitter was not taught. It never guesses. */
public final class UnsupportedCodeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnsupportedCodeException(String what) {
        super("The module holds what the splitter does not know: " + what + ". Teach it, or raise the limits so that"
                + " functions with it are not split.");
    }
}
