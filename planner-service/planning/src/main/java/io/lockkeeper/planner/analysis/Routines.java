package io.lockkeeper.planner.analysis;

import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.routine.Declaration;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.TypeNames;

/** Functions and procedures: no table is locked against the application, but a new body counts for every caller at once. */
final class Routines implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("CreateFunctionStmt", "AlterFunctionStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        effects.deploy(DeploymentClass.EXPAND);
        if (node.is("AlterFunctionStmt")) {
            effects.find(Rule.CHANGE_ROUTINE, "a routine behaves differently for every caller at once");
            return;
        }
        RelationName name = Names.of(node.strings("funcname"));
        boolean replaces = node.flag("replace")
                && (effects.before().offline() || !effects.before().routinesNamed(name).isEmpty());
        if (replaces) {
            effects.find(Rule.CHANGE_ROUTINE, "the body of " + name + " counts for every caller at once");
        }
        written.bodies().of(node, effects.after()).forEach((table, mode) -> {
            effects.relation(table);
            effects.lock(table, mode);
        });
        effects.fold(effects.after().with(routine(node, effects.after())));
    }

    private static Routine routine(SyntaxNode node, Catalog catalog) {
        return Declaration.of(node, type -> {
            try {
                return TypeNames.argumentType(type, catalog);
            } catch (RefusedStatement e) {
                return String.join(".", type.strings("names"));
            }
        }).routine();
    }
}
