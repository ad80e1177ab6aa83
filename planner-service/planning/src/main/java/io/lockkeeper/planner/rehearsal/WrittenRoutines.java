package io.lockkeeper.planner.rehearsal;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.routine.Declaration;
import io.lockkeeper.planner.routine.RoutineChange;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * Routines that a release changes in a way which PostgreSQL alone does not read in its files: a comment that says which one is
 * superseded, a replacement that the server refuses. The plan gives them the rights of the old ones, which the files do not
 * say; so they are left out where the two are compared.
 */
final class WrittenRoutines {

    private final PostgresGrammar grammar;
    private final Set<String> names = new TreeSet<>();

    WrittenRoutines(PostgresGrammar grammar, Plan plan) {
        this.grammar = grammar;
        plan.watch().retiredRoutines().forEach(retired -> leaveOut(retired.routine()));
    }

    /** The statement, behind a DROP where the server would refuse it. */
    List<String> of(SourceStatement statement, Catalog catalog) {
        if (!statement.tree().is("CreateFunctionStmt")) {
            return List.of(statement.text());
        }
        Declaration next = Declaration.of(statement.tree(), catalog);
        if (!statement.annotations().isEmpty()) {
            leaveOut(next.name());
        }
        return catalog.routine(next.name(), next.argumentTypes()).filter(old -> refused(old, next, catalog))
                .map(old -> {
                    leaveOut(old.name());
                    return List.of("DROP ROUTINE " + old.quoted(), statement.text());
                }).orElse(List.of(statement.text()));
    }

    private boolean refused(Routine old, Declaration next, Catalog catalog) {
        return Declaration.of(old, grammar, catalog).map(live -> RoutineChange.between(live, next))
                .orElse(RoutineChange.OF_AN_AGGREGATE).kind() == RoutineChange.Kind.IMPOSSIBLE;
    }

    List<String> comparable(List<String> facts) {
        return facts.stream().filter(fact -> names.stream().noneMatch(fact::startsWith)).toList();
    }

    /** As the facts of a schema begin that are about it. */
    private void leaveOut(RelationName routine) {
        names.add("routine " + routine + "(");
    }
}
