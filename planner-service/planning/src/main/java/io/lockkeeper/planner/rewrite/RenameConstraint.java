package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * RENAME CONSTRAINT: a catalog update under ACCESS EXCLUSIVE. A key keeps its name while the old version lives, which may
 * say ON CONFLICT ON CONSTRAINT.
 */
final class RenameConstraint implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("RenameStmt OBJECT_TABCONSTRAINT");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.table();
        String name = subject.node().string("subname");
        String newName = subject.node().string("newname");
        Optional<Constraint> constraint = table.constraint(name);
        Optional<Column> notNull = table.columns().stream()
                .filter(column -> column.notNullConstraint().equals(Optional.of(name))).findFirst();
        if (constraint.isEmpty() && notNull.isEmpty()) {
            throw new RefusedStatement("no-such-constraint",
                    "constraint " + name + " of " + table.name() + " does not exist", "", "Check the name.");
        }
        boolean backed = constraint.flatMap(Constraint::index).isPresent();
        RelationName index = RelationName.of(table.name().schema(), newName);
        if (table.constraint(newName).isPresent() || backed && subject.catalog().taken(index)) {
            throw new RefusedStatement("already-exists",
                    "the name " + newName + " is in use in " + table.name(), "", "Choose another name.");
        }
        Relation changed = constraint.map(found -> renamed(table, found, newName))
                .orElseGet(() -> table.changeColumn(notNull.orElseThrow().name(),
                        column -> column.withNotNull(Optional.of(newName))));
        Catalog after = subject.catalog().with(changed);
        String alter = "ALTER TABLE " + table.name().quoted() + " RENAME CONSTRAINT ";
        String sql = alter + quote(name) + " TO " + quote(newName);
        if (table.created()) {
            return Sequence.of(after, FreshTable.ddl(subject, table, sql));
        }
        Stage stage = Stage.latest(backed ? subject.release().tighten() : Stage.EXPAND,
                constraint.flatMap(Constraint::since).orElse(Stage.EXPAND));
        return Sequence.of(after, Draft.ddl(stage, "rename-constraint-" + table.name().name() + "-" + name,
                "Rename constraint " + name + " of " + table.name() + " to " + newName, List.of(sql),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(alter + quote(newName) + " TO " + quote(name))
                .validatedBy(Probe.constraintExists(table.name(), newName)));
    }

    private static Relation renamed(Relation table, Constraint constraint, String newName) {
        Constraint renamed = constraint.named(newName);
        return table
                .withConstraints(table.constraints().stream().map(c -> c.equals(constraint) ? renamed : c).toList())
                .withIndexes(table.indexes().stream()
                        .map(index -> constraint.index().equals(Optional.of(index.name())) ? named(index, newName) : index)
                        .toList());
    }

    /** The index of a key has its name. */
    private static Index named(Index index, String name) {
        return new Index(name, index.definition(), index.keys(), index.mentions(), index.unique(), index.valid(),
                Optional.of(name), index.replicaIdentity(), index.clustered(), index.computed(), index.tablespace(),
                index.comment(), index.since());
    }
}
