package io.lockkeeper.planner.report;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Partitioning;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Names;

/** What a statement about partitions tells of tables that nobody has looked at. */
final class AssumedPartitions {

    private static final String BOUND = "FOR VALUES FROM (MINVALUE) TO (MAXVALUE)";

    private AssumedPartitions() {}

    /** @param type of the columns that a bound has values for */
    static Catalog complete(SyntaxNode tree, Catalog catalog, ColumnType type) {
        Catalog completed = catalog;
        if (tree.is("CreateStmt") && tree.has("partbound")) {
            completed = parent(completed, Names.of(tree.list("inhRelations").get(0)), tree.get("partbound"), type);
        }
        for (SyntaxNode command : tree.list("cmds")) {
            String subtype = command.string("subtype");
            if (subtype.equals("AT_AttachPartition") || subtype.startsWith("AT_DetachPartition")) {
                SyntaxNode definition = command.get("def");
                RelationName parent = Names.of(tree.get("relation"));
                completed = parent(completed, parent, definition.get("bound"), type);
                completed = partition(completed, completed.relation(parent).orElseThrow(),
                        Names.of(definition.get("name")), subtype.startsWith("AT_Detach"));
            }
        }
        return completed;
    }

    /** As many columns as the bound has values, and no others. */
    private static Catalog parent(Catalog catalog, RelationName name, SyntaxNode bound, ColumnType type) {
        if (catalog.taken(name)) {
            return catalog;
        }
        List<Column> columns = new ArrayList<>();
        int keys = Math.max(1, bound.list("lowerdatums").size());
        for (int key = 1; key <= keys; key++) {
            columns.add(Column.of(keys == 1 ? "key" : "key" + key, type));
        }
        String strategy = switch (bound.string("strategy")) {
            case "l" -> "LIST";
            case "h" -> "HASH";
            default -> "RANGE";
        };
        return catalog.with(Relation.created(name, Relation.Kind.PARTITIONED_TABLE, columns).inUse()
                .withPartition(Partitioning.by(strategy, columns.stream().map(Column::name).toList())));
    }

    /** Like its parent; its bound is known to the target alone. */
    private static Catalog partition(Catalog catalog, Relation parent, RelationName name, boolean attached) {
        if (catalog.taken(name) && catalog.relation(name).isEmpty()) {
            return catalog;
        }
        Relation partition = catalog.relation(name).orElseGet(
                () -> Relation.created(name, Relation.Kind.TABLE, parent.columns()).inUse()
                        .withConstraints(parent.constraints()).withIndexes(parent.indexes()));
        if (attached && partition.partition().constraint().isEmpty()) {
            Partitioning own = partition.partition();
            partition = partition.withPartition(new Partitioning(Optional.of(parent.name()), own.bound().or(
                    () -> Optional.of(BOUND)), Optional.of(condition(parent)), own.strategy(), own.key(),
                    own.indexes(), own.constraints()));
        }
        return catalog.with(partition);
    }

    private static String condition(Relation parent) {
        List<String> key = parent.partition().key().stream().filter(column -> !column.isEmpty()).toList();
        return key.isEmpty()
                ? "true"
                : key.stream().map(column -> quote(column) + " IS NOT NULL").collect(Collectors.joining(" AND "));
    }
}
