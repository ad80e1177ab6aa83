package io.lockkeeper.planner.catalog;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.RoutineIdentity;

/**
 * A function or procedure of the application's own.
 *
 * @param argumentTypes  input types in order as {@code format_type} prints them: with the name the routine's identity
 * @param result         result type as {@code format_type} prints it; absent for a procedure without outputs
 * @param body           source text; empty for C functions
 * @param definition     as {@code pg_get_functiondef} prints it; or a file of this release writes it; absent for
 *                       aggregates
 * @param shadowsBuiltin a function of {@code pg_catalog} has the same name and arguments, and is found first
 * @param standing       absent for one that this release creates
 */
public record Routine(RelationName name, Kind kind, List<String> argumentTypes,
        Optional<String> result, Volatility volatility,
        String body, Optional<String> definition, boolean extensionMember, boolean shadowsBuiltin,
        Optional<Standing> standing) {

    public enum Kind {
        FUNCTION, PROCEDURE, AGGREGATE, WINDOW
    }

    /**
     * What a routine has beside its definition.
     *
     * @param owner      quoted, ready for SQL
     * @param grants     in their order, the owner's among them; absent while they are PostgreSQL's own for a new routine
     * @param dependents what PostgreSQL knows to need it: {@code view app.open_cases}
     */
    public record Standing(String owner, Optional<List<Grant>> grants, Optional<String> comment,
            List<String> dependents) {

        public Standing {
            grants = grants == null ? Optional.empty() : grants.map(List::copyOf);
            comment = comment == null ? Optional.empty() : comment;
            dependents = dependents == null ? List.of() : List.copyOf(dependents);
        }

        /** What a routine that takes its place has as well: owner and grants. */
        public Standing rights() {
            return new Standing(owner, grants, Optional.empty(), List.of());
        }
    }

    public Routine {
        standing = standing == null ? Optional.empty() : standing;
        argumentTypes = argumentTypes == null ? List.of() : List.copyOf(argumentTypes);
        result = result == null ? Optional.empty() : result;
        body = body == null ? "" : body;
        definition = definition == null ? Optional.empty() : definition;
    }

    public Routine defined(String sql) {
        return new Routine(name, kind, argumentTypes, result, volatility,
                body, Optional.of(sql), extensionMember, shadowsBuiltin, standing);
    }

    /** CREATE OR REPLACE leaves owner, grants, comment and dependents as they are. */
    public Routine inPlaceOf(Routine old) {
        return with(old.standing);
    }

    /** Of one that this release creates nothing is remembered: its grants go with it. */
    public Routine withGrants(List<Grant> grants) {
        return with(standing.map(it -> new Standing(it.owner, Optional.of(grants), it.comment, it.dependents)));
    }

    /** As one that this release creates. */
    public Routine withoutStanding() {
        return with(Optional.empty());
    }

    private Routine with(Optional<Standing> newStanding) {
        return new Routine(name, kind, argumentTypes, result, volatility, body, definition, extensionMember,
                shadowsBuiltin, newStanding);
    }

    Routine withoutDependent(String description) {
        return with(standing.map(it -> new Standing(it.owner, it.grants, it.comment,
                it.dependents.stream().filter(dependent -> !dependent.equals(description)).toList())));
    }

    /** It, or one of its input types under another name. */
    public RoutineIdentity named(RelationName other) {
        return new RoutineIdentity(other, argumentTypes);
    }

    /** Quoted and qualified, with its input types: ready for SQL. */
    public String quoted() {
        return quotedAs(name);
    }

    public String quotedAs(RelationName other) {
        return other.quoted() + "(" + String.join(", ", argumentTypes) + ")";
    }

    /** {@code public.total(bigint, text)}. */
    public String identity() {
        return name + "(" + String.join(", ", argumentTypes) + ")";
    }
}
