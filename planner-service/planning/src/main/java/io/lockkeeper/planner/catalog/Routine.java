package io.lockkeeper.planner.catalog;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/**
 * A function or procedure of the application's own.
 *
 * @param argumentTypes  input types in order as {@code format_type} prints them: with the name the routine's identity
 * @param result         result type as {@code format_type} prints it; absent for a procedure without outputs
 * @param body           source text; empty for C functions
 * @param definition     as {@code pg_get_functiondef} prints it; or a file of this release writes it; absent for
 *                       aggregates
 * @param shadowsBuiltin a function of {@code pg_catalog} has the same name and arguments, and is found first
 */
public record Routine(RelationName name, Kind kind, List<String> argumentTypes,
        Optional<String> result, Volatility volatility,
        String body, Optional<String> definition, boolean extensionMember, boolean shadowsBuiltin) {

    public enum Kind {
        FUNCTION, PROCEDURE, AGGREGATE, WINDOW
    }

    public Routine {
        argumentTypes = argumentTypes == null ? List.of() : List.copyOf(argumentTypes);
        result = result == null ? Optional.empty() : result;
        body = body == null ? "" : body;
        definition = definition == null ? Optional.empty() : definition;
    }

    public Routine defined(String sql) {
        return new Routine(name, kind, argumentTypes, result, volatility,
                body, Optional.of(sql), extensionMember, shadowsBuiltin);
    }

    /** {@code public.total(bigint, text)}. */
    public String identity() {
        return name + "(" + String.join(", ", argumentTypes) + ")";
    }
}
