package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.routine.BodyLocks;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;
import io.lockkeeper.planner.statement.TypeNames;

/**
 * A statement, or one subcommand of an ALTER TABLE.
 *
 * @param node   the statement's tree, or the subcommand's
 * @param bodies what a routine's body opens
 */
record Written(SourceStatement statement, SyntaxNode node, BodyLocks bodies) {

    Written with(SyntaxNode other) {
        return new Written(statement, other, bodies);
    }

    SyntaxNode tree() {
        return statement.tree();
    }

    /** What an ALTER TABLE is about. */
    RelationName target() {
        return Names.of(tree().get("relation"));
    }

    /** The target, and its descendants unless the statement says ONLY. */
    List<Relation> targets(Effects effects) {
        return tree(target(), tree().get("relation"), effects);
    }

    static List<Relation> tree(RelationName name, SyntaxNode rangeVar, Effects effects) {
        List<Relation> found = new ArrayList<>();
        found.add(effects.relation(name));
        if (rangeVar.flag("inh")) {
            effects.after().tree(name).stream().skip(1).map(effects::relation).forEach(found::add);
        }
        return found;
    }

    boolean cascade() {
        return node.string("behavior").equals("DROP_CASCADE");
    }

    /** One that is not known reads as itself: what becomes of it must not be called harmless. */
    static ColumnType type(SyntaxNode typeName, Catalog catalog) {
        try {
            return TypeNames.columnType(typeName, catalog);
        } catch (RefusedStatement e) {
            List<String> names = typeName.strings("names");
            String name = names.isEmpty() ? "unknown" : names.get(names.size() - 1);
            return new ColumnType(RelationName.of(Catalog.DEFAULT_SCHEMA, name + " (unknown)"), name);
        }
    }

    /** Of an expression with a part that nobody knows: the worst. */
    static Volatility volatility(SyntaxNode expression, Catalog catalog) {
        try {
            return Expressions.volatility(expression, catalog);
        } catch (RefusedStatement e) {
            return Volatility.VOLATILE;
        }
    }
}
