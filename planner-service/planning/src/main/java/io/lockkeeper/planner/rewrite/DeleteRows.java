package io.lockkeeper.planner.rewrite;

import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;

/** DELETE in key ranges of the table. */
final class DeleteRows implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("DeleteStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        RowChange change = new RowChange(subject, "DELETE");
        return change.steps(any -> batches(subject, change), note(subject.catalog(), change.target()));
    }

    private static Action.ChangeRows batches(Subject subject, RowChange change) {
        String alias = KeyRanges.alias(subject.node().get("relation"));
        change.rules().refuseSelfReading();
        change.rules().refuseWhole(subject.node(), alias);
        return KeyRanges.cut(subject, change.target().name(), alias, change.key(change.target()),
                subject.text().tokens().list().size());
    }

    /** Each deleted row is looked for in every table that refers to it. */
    private static String note(Catalog catalog, Relation table) {
        String scanned = catalog.foreignKeysTo(table.name())
                .filter(key -> catalog.relation(key.table()).orElseThrow().indexes().stream()
                        .noneMatch(index -> !index.keys().isEmpty() && !index.computed()
                                && key.constraint().columns().contains(index.keys().get(0))))
                .map(key -> key.table() + " (" + String.join(", ", key.constraint().columns()) + ")")
                .collect(Collectors.joining(", "));
        return scanned.isEmpty()
                ? ""
                : "each row that is deleted from " + table.name() + " scans " + scanned
                        + ", which has no index for its foreign key: add one first";
    }
}
