package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ADD PRIMARY KEY: its columns are proven NOT NULL, the unique index is built beside the traffic, then becomes the key; as
 * written it scans the table and builds the index under ACCESS EXCLUSIVE.
 */
final class AddPrimaryKey implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AddConstraint CONSTR_PRIMARY");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode definition = subject.node().get("def");
        return add(subject, subject.table(), definition, definition.strings("keys"));
    }

    /** Also for PRIMARY KEY behind a column. */
    static Sequence add(Subject subject, Relation table, SyntaxNode definition, List<String> columns) {
        table.primaryKey().ifPresent(key -> {
            throw new RefusedStatement("already-exists",
                    "table " + table.name() + " has the primary key " + key.name() + " already",
                    "PostgreSQL would refuse.", "Leave it out; or change the type or name of the key's columns.");
        });
        if (definition.has("indexname")) {
            List<String> keys = KeyUsingIndex.index(table, definition.string("indexname")).keys();
            Sequence proven = requireValues(subject, table, keys);
            return proven.then(KeyUsingIndex.add(subject.with(proven.after()), table(proven.after(), table), definition,
                    Constraint.Type.PRIMARY_KEY));
        }
        Sequence proven = requireValues(subject, table, columns);
        return proven
                .then(AddUnique.add(subject.with(proven.after()), table(proven.after(), table), definition, columns,
                        Constraint.Type.PRIMARY_KEY));
    }

    /** Each column NOT NULL, as SET NOT NULL makes it. */
    private static Sequence requireValues(Subject subject, Relation table, List<String> columns) {
        Sequence sequence = new Sequence(List.of(), List.of(), List.of(), List.of(), subject.catalog());
        for (String name : columns) {
            Column column = subject.settled(table, name);
            if (column.notNull()) {
                continue;
            }
            if (table.created()) {
                Relation changed = table(sequence.after(), table).changeColumn(name, c -> c.withNotNull(true));
                sequence = new Sequence(List.of(), List.of(), List.of(), List.of(), sequence.after().with(changed));
            } else {
                sequence = sequence.then(
                        SetNotNull.establish(subject.with(sequence.after()), table(sequence.after(), table), column));
            }
        }
        return sequence;
    }

    private static Relation table(Catalog catalog, Relation table) {
        return catalog.relation(table.name()).orElseThrow();
    }
}
