package io.lockkeeper.planner.analysis;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** Where in a deployment a statement belongs, most harmless first: that of several is the last. */
public enum DeploymentClass {
    /** Whenever: no version of the application sees a difference. */
    ANY_TIME,
    /** Before new code runs: adds what it needs, old code stays as it is. */
    EXPAND,
    /** Between: moves or proves data. */
    MIGRATE,
    /** After old code is gone: takes away or forbids what it used. */
    CONTRACT,
    /** At no single moment: old code needs the shape before, new code the one after. */
    BREAKING,
    /** Nobody can tell. */
    UNKNOWN;

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
