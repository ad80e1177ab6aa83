package io.lockkeeper.embedded;

import java.util.Objects;

/**
 * An embedded server could not be prepared, started, stopped or asked for something. The message is one text in three
 * parts: what failed and on which object, why, and what to do next.
 */
public final class EmbeddedServerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String what;
    private final String why;
    private final String remedy;

    EmbeddedServerException(String what, String why, String remedy) {
        this(what, why, remedy, null);
    }

    EmbeddedServerException(String what, String why, String remedy, Throwable cause) {
        super(what + ": " + why + ". " + remedy + ".", cause);
        this.what = Objects.requireNonNull(what);
        this.why = Objects.requireNonNull(why);
        this.remedy = Objects.requireNonNull(remedy);
    }

    /** What failed, on which object. */
    public String what() {
        return what;
    }

    /** The reason, with the server's own last log lines where there are any. */
    public String why() {
        return why;
    }

    /** What the reader can do about it. */
    public String remedy() {
        return remedy;
    }
}
