package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ALTER INDEX … RENAME: SHARE UPDATE EXCLUSIVE on the index, a catalog update that nobody notices. ALTER TABLE … RENAME of
 * an index, which takes ACCESS EXCLUSIVE, becomes the same.
 */
final class RenameIndex implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("RenameStmt OBJECT_INDEX");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        RelationName from = Subject.name(subject.node().get("relation"));
        if (subject.catalog().tableOfIndex(from).isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "index " + from + " is not there");
        }
        return rename(subject, from);
    }

    static Sequence rename(Subject subject, RelationName from) {
        Relation table = subject.of(subject.catalog().tableOfIndex(from)
                .orElseThrow(() -> new RefusedStatement("no-such-index", "index " + from + " does not exist", "",
                        "Check the name and its schema."))
                .name(), Relation.Kind.TABLE, Relation.Kind.PARTITIONED_TABLE, Relation.Kind.MATERIALIZED_VIEW);
        RelationName to = RelationName.of(from.schema(), subject.node().string("newname"));
        Index index = table.index(from.name()).orElseThrow();
        if (subject.catalog().taken(to)) {
            throw new RefusedStatement("already-exists", "the name " + to + " is in use", "", "Choose another name.");
        }
        if (index.since().isPresent()) {
            throw new RefusedStatement("index-in-change",
                    "index " + index.name() + " is created by this very release", "", "Create it under its new name.");
        }
        if (index.constraint().isPresent()) {
            throw new RefusedStatement("constraint-name",
                    "index " + from + " backs constraint " + index.constraint().get() + " of " + table.name(),
                    "ON CONFLICT ON CONSTRAINT, and error handling by name, of the old version would break.",
                    "Keep the name; or add the same key under another name, and drop this one in a later release.");
        }
        Relation renamed = table.withIndexes(table.indexes().stream()
                .map(own -> own.equals(index) ? own.withName(to.name()) : own).toList());
        Draft draft = Draft
                .ddl(Stage.EXPAND, "rename-index-" + from.name(), "Rename index " + from + " to " + to.name(),
                        List.of("ALTER INDEX " + from.quoted() + " RENAME TO " + quote(to.name())),
                        Draft.lock(from, LockMode.SHARE_UPDATE_EXCLUSIVE))
                .undoneBy("ALTER INDEX " + to.quoted() + " RENAME TO " + quote(from.name()))
                .validatedBy(Probe.relationExists(to));
        return Sequence.of(subject.catalog().with(renamed).withTakenName(from), draft);
    }
}
