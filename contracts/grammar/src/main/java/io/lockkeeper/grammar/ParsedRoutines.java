package io.lockkeeper.grammar;

import java.util.List;

/**
 * @param routines one {@code PLpgSQL_function} per routine of the script, in its order. {@code lineno} in them counts
 *         from the line where the body begins; SQL inside is text ({@code PLpgSQL_expr.query}), which
 *         {@link PostgresGrammar#parse} takes
 */
public record ParsedRoutines(List<SyntaxNode> routines) implements RoutineResult {

    public ParsedRoutines {
        routines = List.copyOf(routines);
    }
}
