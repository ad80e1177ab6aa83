package io.lockkeeper.planner.rewrite;

import java.util.List;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Partitioning;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/**
 * CREATE TABLE … PARTITION OF as a table like its parent, then ATTACH: SHARE UPDATE EXCLUSIVE on the parent, where the
 * statement as written takes ACCESS EXCLUSIVE. The table is empty, so ATTACH has nothing to scan, and it builds indexes
 * and copies foreign keys and triggers as PARTITION OF would.
 */
final class CreatePartition {

    private static final String LIKE = " INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING STORAGE"
            + " INCLUDING COMPRESSION INCLUDING CONSTRAINTS";

    private CreatePartition() {}

    static Sequence create(Subject subject, RelationName name) {
        SyntaxNode node = subject.node();
        Relation parent = subject.of(Subject.name(node.list("inhRelations").get(0)), Relation.Kind.PARTITIONED_TABLE);
        if (node.has("tableElts")) {
            throw new RefusedStatement("unsupported-statement",
                    "partition " + name + " has columns or constraints of its own", "",
                    "Leave them out, and add them by statements of their own.");
        }
        Tokens tokens = subject.text().tokens();
        int afterParent = tokens.afterName(tokens.indexAt(node.list("inhRelations").get(0).location().orElseThrow()));
        PartitionBound bound = PartitionBound.of(subject, parent, node.get("partbound"),
                PartitionBound.begin(subject, afterParent));
        String rest = bound.end() < tokens.list().size()
                ? " " + subject.text().slice(tokens.list().get(bound.end()).start(),
                        subject.statement().text().length())
                : "";
        Relation table = fold(node, parent, name);
        if (parent.created()) {
            Relation attached = table.withPartition(table.partition().under(parent.name(), bound.text()));
            return Sequence.of(subject.catalog().with(attached), FreshTable.ddl(subject, table,
                    "CREATE TABLE " + name.quoted() + " PARTITION OF " + parent.name().quoted() + " " + bound.text()
                            + rest));
        }
        Draft create = Draft.ddl(Stage.EXPAND, "create-table-" + name.name(), "Create table " + name + " like "
                + parent.name(),
                List.of("CREATE TABLE " + name.quoted() + " (LIKE " + parent.name().quoted() + LIKE + ")" + rest),
                Draft.lock(parent.name(), LockMode.ACCESS_SHARE))
                .undoneWithLossBy("what was written into the partition is lost", "DROP TABLE " + name.quoted())
                .validatedBy(Probe.relationExists(name));
        Catalog created = subject.catalog().with(table);
        return Sequence.of(created, create).then(AttachPartition.attach(subject.with(created), parent, table, bound,
                Stage.EXPAND, List.of()));
    }

    private static Relation fold(SyntaxNode node, Relation parent, RelationName name) {
        boolean partitioned = node.has("partspec");
        Relation table = Relation.created(name,
                partitioned ? Relation.Kind.PARTITIONED_TABLE : Relation.Kind.TABLE, parent.columns())
                .withPartition(partitioned ? partitioning(node.get("partspec")) : Partitioning.NONE);
        for (Index index : parent.indexes()) {
            boolean primary = parent.primaryKey().flatMap(Constraint::index).filter(index.name()::equals).isPresent();
            String own = GeneratedName.conventional(name.name(), primary ? "" : String.join("_", index.keys()),
                    primary ? "pkey" : index.constraint().isPresent() ? "key" : "idx");
            table = table.withIndex(new Index(own, index.definition(), index.keys(), index.mentions(), index.unique(),
                    true, index.constraint(), false, false, index.computed(), false, index.comment(), index.since()));
        }
        return table.withConstraints(parent.constraints());
    }

    static Partitioning partitioning(SyntaxNode spec) {
        return Partitioning.by(spec.string("strategy").replace("PARTITION_STRATEGY_", ""),
                spec.list("partParams").stream().map(element -> element.string("name")).toList());
    }
}
