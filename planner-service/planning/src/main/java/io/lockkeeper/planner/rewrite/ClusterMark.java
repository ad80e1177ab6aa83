package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * CLUSTER ON and SET WITHOUT CLUSTER: which index a later CLUSTER goes by. SHARE UPDATE EXCLUSIVE for a catalog update; no
 * row moves.
 */
final class ClusterMark implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_ClusterOn", "AT_DropCluster");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.table();
        Optional<String> before = table.indexes().stream().filter(Index::clustered).map(Index::name).findFirst();
        boolean mark = subject.node().string("subtype").equals("AT_ClusterOn");
        Optional<String> wanted = mark
                ? Optional.of(index(table, subject.node().string("name")))
                : Optional.empty();
        Relation changed = table.withIndexes(table.indexes().stream()
                .map(index -> index.withClustered(wanted.equals(Optional.of(index.name())))).toList());
        if (table.created()) {
            return Sequence.of(subject.catalog().with(changed), FreshTable.asWritten(subject, table));
        }
        return Sequence.of(subject.catalog().with(changed), Draft.ddl(Stage.EXPAND, "cluster-" + table.name().name(),
                "Note the index that CLUSTER " + table.name() + " goes by", List.of(sql(table, wanted)),
                Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)).undoneBy(sql(table, before)));
    }

    private static String index(Relation table, String name) {
        Index index = table.index(name).orElseThrow(() -> new RefusedStatement("no-such-index",
                "index " + name + " of " + table.name() + " does not exist", "", "Check the name."));
        if (index.since().isPresent()) {
            throw new RefusedStatement("index-in-change",
                    "index " + name + " of " + table.name() + " is built or replaced by this very release", "",
                    "Put this statement into a later release.");
        }
        return name;
    }

    private static String sql(Relation table, Optional<String> index) {
        return "ALTER TABLE " + table.name().quoted()
                + index.map(name -> " CLUSTER ON " + quote(name)).orElse(" SET WITHOUT CLUSTER");
    }
}
