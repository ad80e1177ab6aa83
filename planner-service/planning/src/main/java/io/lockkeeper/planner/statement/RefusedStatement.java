package io.lockkeeper.planner.statement;

import java.util.Optional;

/**
 * A statement cannot be made safe. Thrown from deep within a rewrite and caught in one place, where it becomes part of
 * the sealed result: it never leaves the planner.
 */
public final class RefusedStatement extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final String hazard;
    private final String advice;

    /**
     * @param code    stable, for machines
     * @param message what, on which object
     * @param hazard  what would happen if it ran as written; empty where nothing would
     * @param advice  what to do instead
     */
    public RefusedStatement(String code, String message, String hazard, String advice) {
        super(message, null, false, false);
        this.code = code;
        this.hazard = hazard;
        this.advice = advice;
    }

    public String code() {
        return code;
    }

    public Optional<String> hazard() {
        return Optional.of(hazard).filter(text -> !text.isEmpty());
    }

    public Optional<String> advice() {
        return Optional.of(advice).filter(text -> !text.isEmpty());
    }
}
