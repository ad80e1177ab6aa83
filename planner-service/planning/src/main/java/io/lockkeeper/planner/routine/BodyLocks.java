package io.lockkeeper.planner.routine;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.catalog.Ties;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.QueryRelations;

/**
 * The locks of CREATE FUNCTION and PROCEDURE. A body in SQL is parsed and rewritten by its validator: that opens what its
 * statements name, and what lies below views, but plans nothing, so no partition and no index. A body in PL/pgSQL is not
 * looked into so far, nor is one whose arguments are polymorphic.
 */
public final class BodyLocks {

    /** The last two are bodies that are not texts. */
    private static final Set<String> PARSED = Set.of("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt",
            "MergeStmt", "CreateTableAsStmt", "ExplainStmt", "DeclareCursorStmt", "CallStmt",
            "List", "ReturnStmt");
    private static final Set<String> POLYMORPHIC = Set.of("anyelement", "anyarray", "anynonarray", "anyenum",
            "anyrange", "anymultirange", "anycompatible", "anycompatiblearray", "anycompatiblenonarray",
            "anycompatiblerange", "anycompatiblemultirange");

    private final PostgresGrammar grammar;
    private final boolean checked;

    private BodyLocks(PostgresGrammar grammar, boolean checked) {
        this.grammar = grammar;
        this.checked = checked;
    }

    public static BodyLocks checked(PostgresGrammar grammar) {
        return new BodyLocks(grammar, true);
    }

    /** With {@code check_function_bodies} off: only a body that is no text is parsed, and nothing is rewritten. */
    public static BodyLocks unchecked(PostgresGrammar grammar) {
        return new BodyLocks(grammar, false);
    }

    /** @param tree of CREATE FUNCTION or PROCEDURE */
    public Map<RelationName, LockMode> of(SyntaxNode tree, Catalog catalog) {
        if (polymorphic(tree) || !checked && !tree.has("sql_body")) {
            return Map.of();
        }
        Map<RelationName, LockMode> strongest = new TreeMap<>();
        RoutineBody.inSql(grammar, tree).ifPresent(body -> body.queries().stream().map(RoutineBody.Query::tree)
                .filter(statement -> PARSED.contains(statement.type()))
                .forEach(statement -> QueryRelations.each(statement,
                        (rangeVar, mode) -> open(rangeVar, mode, body, catalog, strongest))));
        return strongest;
    }

    private static boolean polymorphic(SyntaxNode tree) {
        return tree.list("parameters").stream().map(parameter -> parameter.get("argType").strings("names"))
                .anyMatch(names -> !names.isEmpty() && POLYMORPHIC.contains(names.get(names.size() - 1)));
    }

    private void open(SyntaxNode rangeVar, LockMode mode, RoutineBody body, Catalog catalog,
            Map<RelationName, LockMode> strongest) {
        Optional<Relation> known = rangeVar.has("schemaname")
                ? catalog.relation(Names.of(rangeVar))
                : body.relation(rangeVar.string("relname"), catalog);
        if (known.isPresent()) {
            open(known.get(), mode, catalog, strongest);
        } else if (mode == LockMode.ROW_EXCLUSIVE) {
            // The server's own are read, not written: whatever is written is the team's, known or not.
            lock(Names.of(rangeVar), mode, strongest);
        }
    }

    private void open(Relation relation, LockMode mode, Catalog catalog, Map<RelationName, LockMode> strongest) {
        lock(relation.name(), mode, strongest);
        if (checked && relation.kind() == Kind.VIEW) {
            // What else the view reads is only read, and no analysis tells the two apart: the stronger is said.
            Ties.below(relation.name(), catalog).forEach(below -> open(below, mode, catalog, strongest));
        }
    }

    private static void lock(RelationName name, LockMode mode, Map<RelationName, LockMode> strongest) {
        strongest.merge(name, mode, (one, other) -> one.compareTo(other) >= 0 ? one : other);
    }
}
