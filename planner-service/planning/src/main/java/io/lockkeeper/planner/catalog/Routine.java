package io.lockkeeper.planner.catalog;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/**
 * A function or procedure of the application's own.
 *
 * @param argumentTypes  input types in order as {@code format_type} prints them: with the name the routine's identity
 * @param argumentNames  input names in order; empty text: unnamed
 * @param defaults       number of trailing inputs with a default
 * @param outputs        OUT, INOUT and TABLE columns in order as {@code name type}
 * @param result         result type as {@code format_type} prints it; absent for a procedure without outputs
 * @param body           source text; empty for C functions
 * @param definition     as {@code pg_get_functiondef} prints it; absent for aggregates and routines of this release
 * @param shadowsBuiltin a function of {@code pg_catalog} has the same name and arguments, and is found first
 */
public record Routine(RelationName name, Kind kind, List<String> argumentTypes, List<String> argumentNames,
        int defaults, List<String> outputs, Optional<String> result, boolean returnsSet, Volatility volatility,
        String body, Optional<String> definition, boolean extensionMember, boolean shadowsBuiltin) {

    public enum Kind {
        FUNCTION, PROCEDURE, AGGREGATE, WINDOW
    }

    public Routine {
        argumentTypes = argumentTypes == null ? List.of() : List.copyOf(argumentTypes);
        argumentNames = argumentNames == null ? List.of() : List.copyOf(argumentNames);
        outputs = outputs == null ? List.of() : List.copyOf(outputs);
        result = result == null ? Optional.empty() : result;
        body = body == null ? "" : body;
        definition = definition == null ? Optional.empty() : definition;
    }

    /** {@code public.total(bigint, text)}. */
    public String identity() {
        return name + "(" + String.join(", ", argumentTypes) + ")";
    }
}
