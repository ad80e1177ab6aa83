package io.lockkeeper.planner.report;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** What becomes of a statement. */
public enum Verdict {
    /** It runs as written, under the lock guard. */
    SAFE,
    /** Something else runs that comes to the same. */
    REWRITTEN,
    /** It does not run. */
    REFUSED,
    /** It runs because the release carries an exception for it, with a name under it. */
    EXCEPTED;

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
