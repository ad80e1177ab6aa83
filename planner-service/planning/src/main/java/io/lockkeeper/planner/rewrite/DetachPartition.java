package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * DETACH PARTITION … CONCURRENTLY; as written it takes ACCESS EXCLUSIVE on the parent. Its rows vanish from the parent
 * for whoever still reads them there, so it stands in quarantine. A CHECK with the partition's bound is proved first:
 * DETACH would leave one of its own choosing behind, and taking it back would have to scan.
 */
final class DetachPartition implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_DetachPartition", "AT_DetachPartitionFinalize");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode command = subject.node().get("def");
        Relation parent = subject.of(Subject.name(subject.statement().tree().get("relation")),
                Relation.Kind.PARTITIONED_TABLE);
        Relation partition = subject.of(Subject.name(command.get("name")), Relation.Kind.TABLE,
                Relation.Kind.PARTITIONED_TABLE);
        if (partition.partition().parent().filter(parent.name()::equals).isEmpty()) {
            throw new RefusedStatement("no-partition",
                    partition.name() + " is no partition of " + parent.name(), "", "Check the names.");
        }
        Catalog after = subject.catalog().with(partition.withPartition(partition.partition().detached()));
        if (parent.created() || partition.created()) {
            throw inChange(partition);
        }
        return detach(subject, parent, partition, after);
    }

    private static RefusedStatement inChange(Relation partition) {
        return new RefusedStatement("table-in-change",
                partition.name() + " is made a partition by this very release", "", "Leave out both statements.");
    }

    static Sequence detach(Subject subject, Relation parent, Relation partition, Catalog after) {
        subject.catalog().foreignKeysTo(parent.name()).findFirst().ifPresent(key -> {
            throw new RefusedStatement("table-has-dependents",
                    "foreign key " + key.constraint().name() + " of " + key.table() + " refers to " + parent.name(),
                    "DETACH would scan " + key.table() + " for rows that refer to the partition, under locks.",
                    "Drop the foreign key first, or delete the partition's rows in batches.");
        });
        boolean beside = subject.catalog().partitions(parent.name()).stream()
                .anyMatch(other -> other.partition().isDefault());
        String bound = partition.partition().bound().orElseThrow();
        String attach = "ALTER TABLE " + parent.name().quoted() + " ATTACH PARTITION " + partition.name().quoted() + " "
                + bound;
        List<Draft> drafts = new ArrayList<>();
        if (beside) {
            // CONCURRENTLY is not possible beside a default partition; this is a catalog update.
            drafts.add(Draft
                    .ddl(Stage.QUARANTINE, "detach-partition-" + partition.name().name(), title(parent, partition),
                            List.of("ALTER TABLE " + parent.name().quoted() + " DETACH PARTITION "
                                    + partition.name().quoted()))
                    .withLocks(besideDefault(subject.catalog(), parent, partition))
                    .undone(true, "the partition, and the default one, are scanned when it is attached again",
                            new Action.Ddl(List.of(attach)))
                    .validatedBy(Probe.detached(parent.name(), partition.name())));
            return Sequence.of(after, drafts.toArray(Draft[]::new))
                    .withTolerance(Tolerance.Side.OLD_VERSION, tolerance(parent, partition));
        }
        PartitionProof proof = PartitionProof.of(subject, partition, partition.name(),
                partition.partition().constraint().orElseThrow(() -> inChange(partition)));
        drafts.addAll(proof.establish(Stage.QUARANTINE));
        drafts.add(Draft.of(Stage.QUARANTINE, "detach-partition-" + partition.name().name(), title(parent, partition),
                new Action.DetachPartition(parent.name(), partition.name()),
                Draft.lock(parent.name(), LockMode.SHARE_UPDATE_EXCLUSIVE),
                Draft.lock(partition.name(), LockMode.ACCESS_EXCLUSIVE))
                // Interrupted it may be pending, which ATTACH refuses: first it is ended, then given back.
                .undone(true, "", new Action.DetachPartition(parent.name(), partition.name()),
                        new Action.Ddl(List.of(attach)))
                .validatedBy(Probe.detached(parent.name(), partition.name())));
        drafts.add(proof.remove(Stage.QUARANTINE));
        return Sequence.of(after, drafts.toArray(Draft[]::new))
                .withTolerance(Tolerance.Side.OLD_VERSION, tolerance(parent, partition));
    }

    private static List<Step.LockClaim> besideDefault(Catalog catalog, Relation parent, Relation partition) {
        List<Step.LockClaim> locks = new ArrayList<>();
        locks.add(Draft.lock(parent.name(), LockMode.ACCESS_EXCLUSIVE));
        catalog.partitions(parent.name()).stream()
                .filter(other -> other.partition().isDefault() || other.name().equals(partition.name()))
                .forEach(other -> locks.add(Draft.lock(other.name(), LockMode.ACCESS_EXCLUSIVE)));
        return locks;
    }

    private static String title(Relation parent, Relation partition) {
        return "Detach " + partition.name() + " from " + parent.name();
    }

    private static String tolerance(Relation parent, Relation partition) {
        return "finds the rows of " + partition.name() + " in " + parent.name() + " as before";
    }
}
