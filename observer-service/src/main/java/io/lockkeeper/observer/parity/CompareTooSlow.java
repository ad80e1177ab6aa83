package io.lockkeeper.observer.parity;

/** One statement of a compare ran into its timeout: the next takes fewer blocks. */
public final class CompareTooSlow extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CompareTooSlow(String message, Throwable cause) {
        super(message, cause);
    }
}
