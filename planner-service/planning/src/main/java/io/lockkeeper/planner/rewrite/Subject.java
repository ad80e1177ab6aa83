package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.QualifiedText;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;
import io.lockkeeper.planner.statement.Tokens;

/**
 * What a rewrite works on: a statement or one subcommand of an ALTER TABLE.
 *
 * @param node    the statement's tree, or the subcommand's
 * @param clause  where the subcommand stands in the statement's text; the whole text for other statements
 * @param release whose files these are
 */
record Subject(SourceStatement statement, QualifiedText text, SyntaxNode node, Tokens.Range clause, Catalog catalog,
        Release release, PostgresGrammar grammar) {

    /**
     * @param name       for generated names
     * @param oldVersion does an old version of the application run while the release does?
     */
    record Release(String name, Policy policy, boolean oldVersion) {

        /** The stage of what old writers would break on. */
        Stage tighten() {
            return !oldVersion || policy.oldWritersCompatible() ? Stage.MIGRATE : Stage.TIGHTEN;
        }

        Stage swap() {
            return !oldVersion || policy.swapCompatible() ? Stage.EARLY_SWAP : Stage.SWAP;
        }
    }

    static RelationName name(SyntaxNode rangeVar) {
        return Names.of(rangeVar);
    }

    static RelationName name(List<String> parts) {
        return Names.of(parts);
    }

    /** The table of an ALTER TABLE or RENAME; an ordinary one, that is no partition. */
    Relation table() {
        return table(name(statement.tree().get("relation")));
    }

    Relation table(RelationName name) {
        Relation relation = single(name);
        relation.partition().parent().ifPresent(parent -> {
            throw new RefusedStatement("partition", name + " is a partition of " + parent,
                    "Its shape is its parent's: PostgreSQL would refuse, or the two would differ.",
                    "Change " + parent + " instead.");
        });
        return relation;
    }

    /** A table, or the root of a tree of partitions, which the statement changes as a whole. */
    Relation tree() {
        return tree(name(statement.tree().get("relation")));
    }

    Relation tree(RelationName name) {
        Relation relation = of(name, Relation.Kind.TABLE, Relation.Kind.PARTITIONED_TABLE);
        return relation.kind() == Relation.Kind.TABLE || relation.isPartition() ? table(name) : relation;
    }

    /** A table that holds rows itself: an ordinary one, or a partition. */
    Relation single(RelationName name) {
        Relation relation = of(name, Relation.Kind.TABLE, Relation.Kind.PARTITIONED_TABLE);
        if (relation.kind() == Relation.Kind.PARTITIONED_TABLE) {
            throw new RefusedStatement("partitioned-table", name + " is partitioned",
                    "The statement locks and changes the parent and every partition at once.",
                    "Make a new partitioned table beside it, let the application write both, and move over.");
        }
        return relation;
    }

    /** A relation of one of these kinds that is the application's own to change. */
    Relation of(RelationName name, Relation.Kind... kinds) {
        Relation relation = existing(name);
        if (relation.inherits()) {
            throw new RefusedStatement("inheritance", name + " inherits from a table or has children",
                    "The statement locks and changes the whole tree at once.",
                    "Inheritance is not supported: change the tables by hand.");
        }
        if (!List.of(kinds).contains(relation.kind())) {
            throw new RefusedStatement("not-a-table",
                    name + " is a " + relation.kind().words() + ", which this statement is not supported for", "",
                    "It is for a " + List.of(kinds).stream().map(Relation.Kind::words)
                            .collect(Collectors.joining(" or a ")) + ".");
        }
        if (relation.extensionMember()) {
            throw new RefusedStatement("extension-member", name + " belongs to an extension",
                    "The extension would no longer match its script.", "Change it by the extension's own means.");
        }
        return relation;
    }

    Relation existing(RelationName name) {
        return catalog.relation(name).orElseThrow(() -> new RefusedStatement("no-such-relation",
                "relation " + name + " does not exist", "", "Check the name and its schema."));
    }

    /** A column that no other statement of the release is still changing. */
    Column column(Relation table, String columnName) {
        Column column = existingColumn(table, columnName);
        column.change().ifPresent(change -> {
            throw new RefusedStatement("column-in-change",
                    "column " + table.name() + "." + columnName + " is still being changed by this release: " + change,
                    "Two columns stand for it until the contract phase, and this statement would reach one of them.",
                    "Publish in two releases, this statement in the second; or write it before the one that changes the"
                            + " column, if that means the same: what the column has by then is carried over.");
        });
        return column;
    }

    /** A column to build on: one that the release changes serves from {@link Column#filled} on. */
    Column settled(Relation table, String columnName) {
        Column column = existingColumn(table, columnName);
        return column.filled().isPresent() ? column : column(table, columnName);
    }

    Column existingColumn(Relation table, String columnName) {
        return table.column(columnName).orElseThrow(() -> new RefusedStatement("no-such-column",
                "column " + columnName + " of " + table.name() + " does not exist", "", "Check the name."));
    }

    /** Refuses a name for a new column that is taken, now or until the contract phase. */
    void requireFree(Relation table, String columnName) {
        if (table.column(columnName).isPresent()) {
            throw new RefusedStatement("already-exists",
                    "column " + columnName + " of " + table.name() + " exists already", "",
                    "Choose another name, or say IF NOT EXISTS if the column is as you want it.");
        }
        if (table.takenNames().contains(columnName)) {
            throw new RefusedStatement("name-in-use",
                    "column " + columnName + " of " + table.name() + " is taken away by this very release",
                    "The old version uses it until the contract phase.",
                    "Choose another name, or put this statement into a later release.");
        }
    }

    void refuseCascade(SyntaxNode carrier) {
        if (carrier.string("behavior").equals("DROP_CASCADE")) {
            throw new RefusedStatement("cascade", "CASCADE is not allowed",
                    "It drops objects that the statement does not name.",
                    "Drop what depends on it by statements of its own, then leave CASCADE out.");
        }
    }

    /** {@code ALTER TABLE "s"."t" <clause as written>}. */
    String asWritten(Relation table) {
        return "ALTER TABLE " + table.name().quoted() + " " + text.slice(clause);
    }

    /** What an expression means must not depend on a search path: where it does, the path is set for the transaction. */
    List<String> underSearchPath(List<String> statements) {
        if (!text.usesForeignOperators()) {
            return statements;
        }
        List<String> all = new ArrayList<>();
        all.add("SET LOCAL search_path TO " + Identifier.quote(Catalog.DEFAULT_SCHEMA));
        all.addAll(statements);
        return all;
    }

    Subject with(Catalog newCatalog) {
        return new Subject(statement, text, node, clause, newCatalog, release, grammar);
    }

    Subject with(SyntaxNode newNode, Tokens.Range newClause) {
        return new Subject(statement, text, newNode, newClause, catalog, release, grammar);
    }

    /** Does the release carry a named exception? The plan notes it. */
    boolean allows(String rule, String object) {
        return release.policy().allows(rule, object);
    }
}
