package io.lockkeeper.messages;

import java.util.List;

/**
 * What tells a routine apart, as the server does it: a changed argument name or default makes no other routine.
 *
 * @param argumentTypes input types in order, each qualified as {@code format_type} prints it
 */
public record RoutineIdentity(RelationName routine, List<String> argumentTypes) {

    public RoutineIdentity {
        Texts.required(routine, "routine");
        argumentTypes = Texts.list(argumentTypes, "argumentTypes");
    }

    /** Ready for SQL: {@code "app"."close_case"(bigint)}. */
    public String quoted() {
        return routine.quoted() + "(" + String.join(", ", argumentTypes) + ")";
    }
}
