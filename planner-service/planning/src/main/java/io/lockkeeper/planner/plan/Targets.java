package io.lockkeeper.planner.plan;

/** The targets that releases can go to. */
public interface Targets {

    sealed interface Opened {}

    record Open(TargetSnapshot snapshot) implements Opened {}

    /**
     * There is no such target, or what is told of it cannot be used.
     *
     * @param code    {@code unknown-target} or {@code unusable-target}
     * @param message says what to do
     */
    record Unusable(String code, String message) implements Opened {}

    /** @throws TargetUnreachable if the target does not answer now; it may later */
    Opened open(String target);

    /** It may pass by itself. */
    final class TargetUnreachable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public TargetUnreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
