package io.lockkeeper.target;

/** A target that cannot be used as it is described; the message says what to change. */
public class TargetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TargetException(String message) {
        super(message);
    }

    public TargetException(String message, Throwable cause) {
        super(message, cause);
    }
}
