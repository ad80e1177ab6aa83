package io.lockkeeper.planner.routine;

/** What CREATE OR REPLACE sets anew beside the body: a property that is not stated falls back to its default. */
public enum RoutineProperty {

    VOLATILITY("VOLATILE", RoutineChange.Kind.CONTRACT), NULL_INPUT("CALLED ON NULL INPUT",
            RoutineChange.Kind.CONTRACT), PARALLEL("PARALLEL UNSAFE", RoutineChange.Kind.CONTRACT), SECURITY(
                    "SECURITY INVOKER",
                    RoutineChange.Kind.SECURITY), LEAKPROOF("NOT LEAKPROOF", RoutineChange.Kind.SECURITY),
    /** 100, of C and internal routines 1. */
    COST("the default COST", RoutineChange.Kind.METADATA),
    /** 1000 for a set. */
    ROWS("the default ROWS", RoutineChange.Kind.METADATA), SUPPORT("no SUPPORT", RoutineChange.Kind.METADATA);

    private final String unstated;
    private final RoutineChange.Kind kind;

    RoutineProperty(String unstated, RoutineChange.Kind kind) {
        this.unstated = unstated;
        this.kind = kind;
    }

    /** As PostgreSQL takes it where a statement does not state it. */
    String unstated() {
        return unstated;
    }

    RoutineChange.Kind kind() {
        return kind;
    }
}
