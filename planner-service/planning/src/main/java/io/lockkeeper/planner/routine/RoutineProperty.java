package io.lockkeeper.planner.routine;

/** What CREATE OR REPLACE sets anew beside the body: a property that is not stated falls back to its default. */
public enum RoutineProperty {

    VOLATILITY("VOLATILE", RoutineChange.Kind.CONTRACT),
    NULL_INPUT("CALLED ON NULL INPUT",
            RoutineChange.Kind.CONTRACT),
    PARALLEL("PARALLEL UNSAFE", RoutineChange.Kind.CONTRACT),
    SECURITY(
            "SECURITY INVOKER",
            RoutineChange.Kind.SECURITY),
    LEAKPROOF("NOT LEAKPROOF", RoutineChange.Kind.SECURITY),
    /** Of C and internal routines 1, on both sides of a comparison. */
    COST("COST 100", RoutineChange.Kind.METADATA),
    ROWS("ROWS 1000", RoutineChange.Kind.METADATA),
    SUPPORT("no SUPPORT",
            RoutineChange.Kind.METADATA);

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
