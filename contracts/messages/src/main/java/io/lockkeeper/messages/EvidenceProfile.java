package io.lockkeeper.messages;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What each gate asks and for how long; resolved by the planner, so that plan and verdict say what was in force.
 *
 * @param sampleInterval time between two judgements of an open gate
 * @param passes         consecutive judgements without a failed or unknown item before GO
 * @param soak           time without a session of the old version before {@code contract}; any caller seen restarts it
 * @param revertWindow   time between quarantine and {@code finalize}
 * @param watch          time of the clean watch after the contract
 * @param validity       how long a verdict may be taken
 * @param overdue        after this an open gate is reported
 * @param approvals      persons who must approve {@code finalize}
 * @param requires       evidence that each gate asks; a gate without an entry asks only for observation
 * @param baseline       how long statements are timed before the first step, to be held against themselves afterwards;
 *                       zero: one that became slower is not looked for, and each verdict says so
 */
public record EvidenceProfile(String name, Duration sampleInterval, int passes, Duration soak, Duration revertWindow,
        Duration watch, Duration validity, Duration overdue, int approvals, Map<Gate, List<EvidenceKind>> requires,
        @JsonProperty(defaultValue = "PT0S") Duration baseline) {

    /** Statements are not timed. */
    public EvidenceProfile(String name, Duration sampleInterval, int passes, Duration soak, Duration revertWindow,
            Duration watch, Duration validity, Duration overdue, int approvals,
            Map<Gate, List<EvidenceKind>> requires) {
        this(name, sampleInterval, passes, soak, revertWindow, watch, validity, overdue, approvals, requires,
                Duration.ZERO);
    }

    public EvidenceProfile {
        Texts.required(name, "profile.name");
        Texts.positive(sampleInterval, "profile.sampleInterval");
        Texts.atLeast(1, passes, "profile.passes");
        Texts.notNegative(soak, "profile.soak");
        Texts.notNegative(revertWindow, "profile.revertWindow");
        Texts.notNegative(watch, "profile.watch");
        Texts.positive(validity, "profile.validity");
        Texts.positive(overdue, "profile.overdue");
        Texts.atLeast(0, approvals, "profile.approvals");
        Texts.required(requires, "profile.requires");
        baseline = baseline == null ? Duration.ZERO : baseline;
        Texts.notNegative(baseline, "profile.baseline");
        Map<Gate, List<EvidenceKind>> ordered = new EnumMap<>(Gate.class);
        requires.forEach((gate, kinds) -> ordered.put(gate,
                Texts.listNotEmpty(kinds, "profile.requires." + gate.wireName()).stream().distinct().sorted()
                        .toList()));
        requires = Collections.unmodifiableMap(ordered);
    }

    public List<EvidenceKind> requiredBy(Gate gate) {
        return requires.getOrDefault(gate, List.of(EvidenceKind.OBSERVATION));
    }
}
