package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.ReplicaIdentity;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** REPLICA IDENTITY: ACCESS EXCLUSIVE for a catalog update; what change streams tell of old rows changes with it. */
final class ChangeReplicaIdentity implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_ReplicaIdentity");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode wanted = subject.node().get("def");
        Relation table = subject.single(Subject.name(subject.statement().tree().get("relation")));
        Relation changed = switch (wanted.string("identity_type")) {
            case "i" -> byIndex(table, index(table, wanted.string("name")));
            case "f" -> byIndex(table, null).withReplicaIdentity(ReplicaIdentity.FULL);
            case "d" -> byIndex(table, null).withReplicaIdentity(ReplicaIdentity.DEFAULT);
            default -> throw new RefusedStatement("no-replica-identity",
                    "REPLICA IDENTITY NOTHING of " + table.name(),
                    "As soon as a publication carries the table, every UPDATE and DELETE fails.",
                    "Leave it at DEFAULT, or use an index.");
        };
        if (table.created()) {
            return Sequence.of(subject.catalog().with(changed), FreshTable.asWritten(subject, table));
        }
        Stage stage = changed.indexes().stream().filter(Index::replicaIdentity)
                .flatMap(index -> index.since().stream()).reduce(Stage.EXPAND, (a, b) -> Stage.latest(a, b));
        Sequence sequence = Sequence.of(subject.catalog().with(changed), Draft.ddl(stage,
                "replica-identity-" + table.name().name(), "Change the replica identity of " + table.name(),
                List.of(sql(changed)), Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(sql(table)));
        return changed.replicaIdentity() == ReplicaIdentity.FULL
                ? sequence.withNote("REPLICA IDENTITY FULL of " + table.name()
                        + " writes every old row into the WAL, and subscribers may scan for it; an index is cheaper")
                : sequence;
    }

    private static Index index(Relation table, String name) {
        Index index = table.index(name).orElseThrow(() -> new RefusedStatement("no-such-index",
                "index " + name + " of " + table.name() + " does not exist", "", "Check the name."));
        boolean required = index.keys().stream().allMatch(key -> table.column(key).filter(Column::notNull).isPresent());
        if (!index.unique() || index.computed() || !index.valid() || !required) {
            throw new RefusedStatement("no-unique-key",
                    "index " + name + " of " + table.name() + " is not a valid unique index on NOT NULL columns alone",
                    "PostgreSQL would refuse.", "Make its columns NOT NULL, or use another index.");
        }
        return index;
    }

    private static Relation byIndex(Relation table, Index chosen) {
        return table.withReplicaIdentity(ReplicaIdentity.INDEX).withIndexes(
                table.indexes().stream().map(index -> index.withReplicaIdentity(index.equals(chosen))).toList());
    }

    private static String sql(Relation table) {
        return "ALTER TABLE " + table.name().quoted() + " REPLICA IDENTITY " + switch (table.replicaIdentity()) {
            case INDEX -> "USING INDEX " + table.indexes().stream().filter(Index::replicaIdentity)
                    .map(index -> quote(index.name())).findFirst().orElseThrow();
            case DEFAULT, NOTHING, FULL -> table.replicaIdentity().name();
        };
    }
}
