package io.lockkeeper.messages;

import java.util.List;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Policy.PolicyException;

/** A verdict in the words of those who sign releases: whatever does not open its gate blocks it. */
public enum Conclusion {
    APPROVED,
    /** With named exceptions of the release, each signed by the person who answers for it. */
    APPROVED_WITH_EXCEPTIONS,
    BLOCKED;

    static Conclusion of(Verdict.Decision decision, List<PolicyException> exceptions) {
        if (decision != Verdict.Decision.GO) {
            return BLOCKED;
        }
        return exceptions.isEmpty() ? APPROVED : APPROVED_WITH_EXCEPTIONS;
    }

    /** Names may be left out by a sender; that nobody approved may not. */
    boolean fits(Verdict.Decision decision, List<PolicyException> exceptions) {
        Conclusion follows = of(decision, exceptions);
        return this == follows || this == APPROVED_WITH_EXCEPTIONS && follows == APPROVED;
    }

    /**
     * {@code approved}; {@code approved with exceptions: user-trigger-fires for public.orders.touch, signed by Ann};
     * {@code blocked, P1}; {@code blocked, not proven yet}.
     */
    public String words(List<PolicyException> exceptions, List<Evidence> evidence) {
        return switch (this) {
            case APPROVED -> "approved";
            case APPROVED_WITH_EXCEPTIONS -> exceptions.stream()
                    .map(one -> one.rule() + " for " + one.object() + ", signed by " + one.by())
                    .collect(Collectors.joining("; ", "approved with exceptions: ", ""));
            case BLOCKED -> "blocked, " + evidence.stream().filter(item -> item.status() == Evidence.Status.FAILED)
                    .map(Evidence::severity).min(Severity::compareTo).map(Severity::name).orElse("not proven yet");
        };
    }
}
