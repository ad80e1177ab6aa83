package io.lockkeeper.executor.step;

import java.util.Optional;

import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Step;
import io.lockkeeper.target.SqlFailure;

/** Failures of steps: what, on which step, what to do next. */
public final class Failures {

    private static final String THEN = "; mend the cause and resume the run, or abort it";

    private Failures() {}

    public static Failure of(Step step, SqlFailure failure) {
        String what = "step " + step.id() + " (" + step.title() + ") failed: " + withoutData(failure);
        return switch (failure.state()) {
            case LOCK_NOT_AVAILABLE -> failure("lock-timeout", Failure.Kind.TRANSIENT, failure, what + THEN);
            case DEADLOCK, SERIALIZATION, CONCURRENT_CATALOG_UPDATE ->
                failure("deadlock", Failure.Kind.TRANSIENT, failure, what + THEN);
            case CANCELLED -> failure("statement-timeout", Failure.Kind.EXTERNAL, failure,
                    what + ": it took longer than a step may that makes the application wait" + THEN);
            case CONNECTION_LOST, SERVER_BUSY ->
                failure("target-unreachable", Failure.Kind.TRANSIENT, failure, what + THEN);
            case INSUFFICIENT_PRIVILEGE -> failure("insufficient-privilege", Failure.Kind.USER, failure,
                    what + ": grant it to the migrator or its owner role (lockkeeper doctor lists what is missing)"
                            + THEN);
            case UNDEFINED_OBJECT -> failure("undefined-object", Failure.Kind.USER, failure,
                    what + ": somebody has changed the schema since the plan was made" + THEN);
            case FENCED, FILE_CHANGED, OTHER -> failure("statement-failed", Failure.Kind.USER, failure, what + THEN);
        };
    }

    static Failure exhausted(Step step, int attempts, String blockers) {
        return new Failure("step-exhausted", Failure.Kind.EXTERNAL, Optional.of("55P03"),
                "step " + step.id() + " (" + step.title() + ") did not get its lock in " + attempts
                        + " attempts; last in its way: " + (blockers.isEmpty() ? "nobody who could be seen" : blockers)
                        + "; end what holds the lock and resume the run, or abort it");
    }

    static Failure failure(Step step, String code, Failure.Kind kind, String what) {
        return new Failure(code, kind, Optional.empty(),
                "step " + step.id() + " (" + step.title() + "): " + what + THEN);
    }

    private static Failure failure(String code, Failure.Kind kind, SqlFailure failure, String message) {
        return new Failure(code, kind, Optional.of(failure.sqlState()), message);
    }

    /** Messages of class 22 (data exception) quote the value: they are row data. */
    private static String withoutData(SqlFailure failure) {
        return failure.sqlState().startsWith("22")
                ? "a value cannot be converted or is out of range (SQLSTATE " + failure.sqlState() + ")"
                : failure.getMessage() + " (SQLSTATE " + failure.sqlState() + ")";
    }
}
