package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Trigger;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * DROP TRIGGER in two locks: what it does ends at once for every writer, and a version that relies on it writes wrong rows
 * without any error. So it is disabled when the old version is gone, which ENABLE gives back, and dropped after the revert
 * window.
 */
final class DropTrigger implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("DropStmt OBJECT_TRIGGER");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        subject.refuseCascade(subject.node());
        List<String> parts = subject.node().list("objects").get(0).strings("items");
        RelationName tableName = Subject.name(parts.subList(0, parts.size() - 1));
        String name = parts.get(parts.size() - 1);
        boolean optional = subject.node().flag("missing_ok");
        if (optional && subject.catalog().relation(tableName).isEmpty()) {
            return Sequence.nothing(subject.catalog(), "table " + tableName + " is not there");
        }
        Relation table = subject.of(tableName, Relation.Kind.TABLE, Relation.Kind.PARTITIONED_TABLE);
        Optional<Trigger> found = table.triggers().stream().filter(one -> one.name().equals(name)).findFirst();
        if (optional && found.isEmpty()) {
            return Sequence.nothing(subject.catalog(), "trigger " + name + " of " + tableName + " is not there");
        }
        Trigger trigger = existing(table, name);
        table.partition().parent().flatMap(subject.catalog()::relation)
                .filter(parent -> parent.triggers().stream().anyMatch(one -> one.name().equals(name)))
                .ifPresent(parent -> {
                    throw new RefusedStatement("partition",
                            "trigger " + name + " of " + tableName + " belongs to that of " + parent.name(),
                            "PostgreSQL would refuse.", "Drop the trigger of " + parent.name() + ".");
                });
        return drop(subject, table, trigger);
    }

    /** One that the release has left alone so far. */
    static Trigger existing(Relation table, String name) {
        Trigger trigger = table.triggers().stream().filter(one -> one.name().equals(name)).findFirst()
                .orElseThrow(() -> new RefusedStatement("no-such-trigger",
                        "trigger " + name + " of " + table.name() + " does not exist", "", "Check the name."));
        if (trigger.since().isPresent()) {
            throw new RefusedStatement("trigger-in-change",
                    "trigger " + name + " of " + table.name() + " is changed by this release already",
                    "Both changes wait for the old version to be gone.",
                    "Say in one statement what is wanted in the end; CREATE OR REPLACE TRIGGER replaces a trigger.");
        }
        return trigger;
    }

    private static Sequence drop(Subject subject, Relation table, Trigger trigger) {
        String on = quote(trigger.name()) + " ON " + table.name().quoted();
        String place = table.name().name() + "-" + trigger.name();
        List<Draft> drafts = new ArrayList<>();
        if (trigger.enabled()) {
            drafts.add(EnableTrigger.draft(subject, table, trigger, Trigger.Firing.DISABLED, Stage.QUARANTINE,
                    "quarantine-trigger-" + place, "Disable trigger " + trigger.name() + " of " + table.name()));
        }
        drafts.add(Draft.ddl(Stage.DROP, "drop-trigger-" + place,
                "Drop trigger " + trigger.name() + " of " + table.name(), List.of("DROP TRIGGER " + on))
                .withLocks(PartitionTree.locks(subject.catalog(), table.name(), LockMode.ACCESS_EXCLUSIVE))
                .validatedBy(Probe.triggerAbsent(table.name(), trigger.name())));
        String fires = "find that trigger " + trigger.name() + " of " + table.name()
                + " still fires until the contract phase";
        Catalog after = EnableTrigger
                .fold(subject.catalog(), table, trigger.firing(Trigger.Firing.DISABLED, Stage.QUARANTINE))
                .withoutDependent("trigger " + trigger.name() + " on table " + table.name());
        Sequence sequence = Sequence.of(after, drafts.toArray(Draft[]::new));
        return trigger.enabled() ? sequence.withTolerance(Tolerance.Side.NEW_WRITERS, fires) : sequence;
    }
}
