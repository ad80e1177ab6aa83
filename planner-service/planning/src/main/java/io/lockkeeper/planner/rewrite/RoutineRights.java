package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.planner.catalog.Grant;
import io.lockkeeper.planner.catalog.Routine;

/** Owner, grants and comment of a routine, as statements that give them to a new one. */
final class RoutineRights {

    private static final String PUBLIC = "PUBLIC";

    private RoutineRights() {}

    /** @param routine quoted and qualified, with its input types: new, with the grants that PostgreSQL gives */
    static List<String> statements(String routine, Routine.Standing standing) {
        List<String> statements = new ArrayList<>();
        statements.add("ALTER ROUTINE " + routine + " OWNER TO " + standing.owner());
        standing.grants().ifPresent(grants -> statements.addAll(grants(routine, standing.owner(), grants)));
        standing.comment().ifPresent(comment -> statements
                .add("COMMENT ON ROUTINE " + routine + " IS " + Identifier.literal(comment)));
        return statements;
    }

    /** A new routine may be called by everybody and by its owner, in this order. */
    private static List<String> grants(String routine, String owner, List<Grant> grants) {
        List<String> statements = new ArrayList<>();
        for (String everybody : List.of(PUBLIC, owner)) {
            if (grants.stream().noneMatch(grant -> grant.grantee().equals(everybody))) {
                statements.add("REVOKE ALL ON ROUTINE " + routine + " FROM " + everybody);
            }
        }
        grants.stream().filter(grant -> !grant.grantee().equals(PUBLIC) && !grant.grantee().equals(owner))
                .forEach(grant -> statements.add("GRANT EXECUTE ON ROUTINE " + routine + grant.suffix()));
        return statements;
    }

    /** Who may call it. */
    static List<Grant> held(Routine.Standing standing) {
        return standing.grants().orElseGet(() -> List.of(new Grant("EXECUTE", PUBLIC, false),
                new Grant("EXECUTE", standing.owner(), false)));
    }

    /** For people. */
    static String callers(Routine.Standing standing) {
        return held(standing).stream().map(Grant::grantee).distinct().collect(Collectors.joining(", "));
    }
}
