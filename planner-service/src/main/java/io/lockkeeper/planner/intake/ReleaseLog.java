package io.lockkeeper.planner.intake;

import io.lockkeeper.messages.Envelope;

/** Where release events go, so that planning happens on one path, whoever sent them. */
public interface ReleaseLog {

    /**
     * Returns once the event is durable.
     *
     * @throws LogUnreachable if it is not known to be
     */
    void append(Envelope event);

    /** Nothing was lost: send it again under the same id. */
    final class LogUnreachable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public LogUnreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
