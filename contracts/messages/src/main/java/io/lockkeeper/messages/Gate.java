package io.lockkeeper.messages;

import java.util.Arrays;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A named gate: a step that requires it waits until the observer has given a GO that matches the open gate. */
public enum Gate {
    /** Before the first step: observation runs and baselines are taken. */
    ARMED,
    /** Before what old writers would break on: a constraint rejects new violating rows at once, even NOT VALID. */
    OLD_VERSION_GONE,
    /** Before a type change under the same name becomes visible to applications. */
    SWAP,
    /** Before quarantine. */
    CONTRACT,
    /** Before the first drop: the point of no return. */
    FINALIZE,
    /** Before COMPLETED: a clean watch after the contract. */
    WATCHED;

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Gate of(String wireName) {
        return Arrays.stream(values()).filter(gate -> gate.wireName().equals(wireName)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no gate is called " + wireName));
    }
}
