package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Trigger;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ENABLE and DISABLE TRIGGER: SHARE ROW EXCLUSIVE for a catalog update, and what the trigger does begins or ends for every
 * writer at once. To enable one is like creating it. To disable one is what DROP TRIGGER begins with; around a change of
 * rows it would be off for the application too, and is refused.
 */
final class EnableTrigger implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_EnableTrig", "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_DisableTrig",
                "AT_EnableTrigAll", "AT_DisableTrigAll", "AT_EnableTrigUser", "AT_DisableTrigUser");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.of(Subject.name(subject.statement().tree().get("relation")), Relation.Kind.TABLE,
                Relation.Kind.PARTITIONED_TABLE);
        String subtype = subject.node().string("subtype");
        if (table.created()) {
            return Sequence.of(subject.catalog(), FreshTable.asWritten(subject, table));
        }
        Trigger.Firing wanted = switch (subtype) {
            case "AT_EnableTrig" -> Trigger.Firing.ORIGIN;
            case "AT_EnableAlwaysTrig" -> Trigger.Firing.ALWAYS;
            case "AT_EnableReplicaTrig" -> Trigger.Firing.REPLICA;
            default -> throw refused(table, subtype.startsWith("AT_Disable"));
        };
        Trigger trigger = DropTrigger.existing(table, subject.node().string("name"));
        if (trigger.firing() == wanted) {
            return Sequence.nothing(subject.catalog(),
                    "trigger " + trigger.name() + " of " + table.name() + " is enabled so already");
        }
        Stage stage = subject.release().tighten();
        String fires = "find that trigger " + trigger.name() + " fires for " + table.name();
        Sequence sequence = Sequence.of(fold(subject.catalog(), table, trigger.firing(wanted, stage)),
                draft(subject, table, trigger, wanted, stage, "enable-trigger-" + table.name().name() + "-"
                        + trigger.name(), "Enable trigger " + trigger.name() + " of " + table.name()))
                .withTolerance(Tolerance.Side.NEW_WRITERS,
                        stage == Stage.TIGHTEN ? fires + ", but not before the old version is gone" : fires);
        return stage == Stage.TIGHTEN ? sequence : sequence.withTolerance(Tolerance.Side.OLD_VERSION, fires);
    }

    private static RefusedStatement refused(Relation table, boolean disables) {
        return disables
                ? new RefusedStatement("disable-trigger", "triggers of " + table.name() + " would be disabled",
                        "They would be off for the application too, whose rows would lack what they do; those of"
                                + " foreign keys would let wrong rows in.",
                        "To be rid of a trigger write DROP TRIGGER: it is disabled first and dropped after the revert"
                                + " window. Around a change of rows, let its function pass over rows that the release"
                                + " changes.")
                : new RefusedStatement("unsupported-statement",
                        "ENABLE TRIGGER ALL and USER of " + table.name() + " are not supported",
                        "They begin what the statement does not name.", "Enable each trigger by its name.");
    }

    /** The way back leaves it as it was, and so it is for the partitions. */
    static Draft draft(Subject subject, Relation table, Trigger trigger, Trigger.Firing wanted, Stage stage,
            String slug, String title) {
        String alter = "ALTER TABLE " + table.name().quoted() + " ";
        return Draft.ddl(stage, slug, title, List.of(alter + wanted.clause() + " " + quote(trigger.name())))
                .withLocks(PartitionTree.locks(subject.catalog(), table.name(), LockMode.SHARE_ROW_EXCLUSIVE))
                .undoneBy(alter + trigger.firing().clause() + " " + quote(trigger.name()));
    }

    /** A row trigger of a partitioned table is one of each partition too. */
    static Catalog fold(Catalog catalog, Relation table, Trigger changed) {
        Catalog after = catalog.with(with(table, changed));
        for (Relation partition : catalog.descendants(table.name())) {
            after = after.with(with(partition, changed));
        }
        return after;
    }

    private static Relation with(Relation table, Trigger changed) {
        return table.withTriggers(table.triggers().stream()
                .map(one -> one.name().equals(changed.name()) ? changed : one).toList());
    }
}
