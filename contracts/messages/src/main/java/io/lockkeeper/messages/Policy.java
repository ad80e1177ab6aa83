package io.lockkeeper.messages;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/**
 * What a release asks for and allows. Everything not allowed is refused.
 *
 * @param profile              name of the evidence profile: {@code production} or {@code demo}, or one of the target's own
 * @param lockBudget           longest wait for a lock that blocks the application, per attempt
 * @param withoutStream        prove without change data capture, also where the server could stream
 * @param oldWritersCompatible the old version already writes what the new constraints ask: they need not wait for it to go
 * @param swapCompatible       both versions read and write a swapped column under either type
 * @param rehearse             a plan that has not passed a rehearsal is refused
 * @param exceptions           named exceptions to refusals; each is recorded in the plan
 * @param approvals            persons who must approve the irreversible part, instead of as many as the profile asks
 */
public record Policy(@JsonProperty(defaultValue = "production") String profile,
        @JsonProperty(defaultValue = "PT0.5S") Duration lockBudget,
        @JsonProperty(defaultValue = "false") @JsonSetter(nulls = Nulls.AS_EMPTY) boolean withoutStream,
        @JsonProperty(defaultValue = "false") @JsonSetter(nulls = Nulls.AS_EMPTY) boolean oldWritersCompatible,
        @JsonProperty(defaultValue = "false") @JsonSetter(nulls = Nulls.AS_EMPTY) boolean swapCompatible,
        @JsonProperty(defaultValue = "optional") Rehearse rehearse,
        @JsonProperty(defaultValue = "[]") List<PolicyException> exceptions, Optional<Integer> approvals) {

    public static final Policy DEFAULT = new Policy("production", Duration.ofMillis(500), false, false, false,
            List.of());

    /** Whether a plan has to pass a rehearsal on a scratch server. */
    public enum Rehearse {
        @JsonProperty("optional")
        OPTIONAL, @JsonProperty("required")
        REQUIRED
    }

    /**
     * @param rule   the code of the refusal that is waived, such as {@code user-trigger-fires}
     * @param object what it is waived for, such as {@code public.orders.touch_updated_at}
     * @param by     the person who answers for it
     */
    public record PolicyException(String rule, String object, String reason, String by) {

        public PolicyException {
            Texts.required(rule, "exception.rule");
            Texts.required(object, "exception.object");
            Texts.required(reason, "exception.reason");
            Texts.required(by, "exception.by");
        }
    }

    /** A rehearsal is not asked for. */
    public Policy(String profile, Duration lockBudget, boolean withoutStream, boolean oldWritersCompatible,
            boolean swapCompatible, List<PolicyException> exceptions) {
        this(profile, lockBudget, withoutStream, oldWritersCompatible, swapCompatible, Rehearse.OPTIONAL, exceptions);
    }

    /** As many approvals as the profile asks. */
    public Policy(String profile, Duration lockBudget, boolean withoutStream, boolean oldWritersCompatible,
            boolean swapCompatible, Rehearse rehearse, List<PolicyException> exceptions) {
        this(profile, lockBudget, withoutStream, oldWritersCompatible, swapCompatible, rehearse, exceptions,
                Optional.empty());
    }

    public Policy {
        profile = profile == null ? "production" : profile;
        lockBudget = lockBudget == null ? Duration.ofMillis(500) : lockBudget;
        Texts.required(profile, "policy.profile");
        Texts.positive(lockBudget, "policy.lockBudget");
        rehearse = rehearse == null ? Rehearse.OPTIONAL : rehearse;
        exceptions = Texts.listOrEmpty(exceptions, "policy.exceptions");
        approvals = Texts.optional(approvals);
        approvals.ifPresent(persons -> Texts.atLeast(0, persons, "policy.approvals"));
    }

    public boolean allows(String rule, String object) {
        return exceptions.stream().anyMatch(e -> e.rule().equals(rule) && e.object().equals(object));
    }
}
