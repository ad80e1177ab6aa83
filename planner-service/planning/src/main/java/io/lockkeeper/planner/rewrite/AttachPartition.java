package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.ParseResult;
import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ATTACH PARTITION with a proof: as written it scans the new table and the default partition under ACCESS EXCLUSIVE, and
 * builds the indexes that the new table lacks. With valid CHECKs that imply the bounds, and with the indexes built
 * before, it is a catalog update; the parent's SHARE UPDATE EXCLUSIVE hinders neither readers nor writers.
 */
final class AttachPartition implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AttachPartition");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode command = subject.node().get("def");
        Relation parent = subject.of(Subject.name(subject.statement().tree().get("relation")),
                Relation.Kind.PARTITIONED_TABLE);
        Relation table = subject.tree(Subject.name(command.get("name")));
        PartitionBound bound = PartitionBound.of(subject, parent, command.get("bound"),
                PartitionBound.begin(subject, subject.clause().from()));
        if (parent.created()) {
            return Sequence.of(attached(subject.catalog(), parent, table, bound),
                    FreshTable.asWritten(subject, parent));
        }
        refuseDifferent(parent, table);
        Stage stage = table.created() ? Stage.EXPAND : subject.release().tighten();
        List<Draft> indexes = table.created() ? List.of() : indexes(subject, parent, table, stage);
        List<PartitionProof> proofs = new ArrayList<>();
        if (!table.created()) {
            if (table.kind() == Relation.Kind.PARTITIONED_TABLE || bound.condition().isEmpty()) {
                throw new RefusedStatement("bound-not-provable",
                        "that rows of " + table.name() + " satisfy the bound cannot be proved by a CHECK",
                        "ATTACH would scan " + table.name() + " under ACCESS EXCLUSIVE.",
                        "Attach an empty table (CREATE TABLE … PARTITION OF), and move the rows in batches.");
            }
            proofs.add(PartitionProof.of(subject, table, table.name(), bound.condition().get()));
        }
        Sequence attach = attach(subject, parent, table, bound, stage, proofs);
        return new Sequence(indexes, List.of(), List.of(), List.of(), subject.catalog()).then(attach);
    }

    /** Also for a new partition: with the default partition's proof, where there is one. */
    static Sequence attach(Subject subject, Relation parent, Relation table, PartitionBound bound, Stage wanted,
            List<PartitionProof> proofs) {
        Optional<Relation> fallback = subject.catalog().partitions(parent.name()).stream()
                .filter(partition -> partition.partition().isDefault() && !partition.created()).findFirst();
        List<PartitionProof> all = new ArrayList<>(proofs);
        Stage stage = wanted;
        if (fallback.isPresent()) {
            if (bound.condition().isEmpty() || fallback.get().kind() == Relation.Kind.PARTITIONED_TABLE) {
                throw new RefusedStatement("bound-not-provable",
                        "that default partition " + fallback.get().name()
                                + " has no rows of the new partition cannot be proved by a CHECK",
                        "ATTACH would scan it under ACCESS EXCLUSIVE.",
                        "Detach the default partition first, or attach by hand in a quiet hour.");
            }
            all.add(PartitionProof.of(subject, fallback.get(), table.name(), "NOT (" + bound.condition().get() + ")"));
            // From the proof on, until the new partition is there, its rows have no place.
            stage = Stage.latest(stage, subject.release().tighten());
        }
        List<Draft> drafts = new ArrayList<>();
        for (PartitionProof proof : all) {
            drafts.addAll(proof.establish(stage));
        }
        drafts.add(attachStep(subject, parent, table, bound, stage, fallback));
        for (PartitionProof proof : all) {
            drafts.add(proof.remove(stage));
        }
        Sequence sequence = Sequence.of(attached(subject.catalog(), parent, table, bound),
                drafts.toArray(Draft[]::new));
        return fallback.isEmpty()
                ? sequence
                : sequence.withTolerance(Tolerance.Side.NEW_WRITERS, "must not write rows of " + parent.name()
                        + " that belong into " + table.name() + " before it is attached: they have no place between"
                        + " the proof and that");
    }

    private static Draft attachStep(Subject subject, Relation parent, Relation table, PartitionBound bound, Stage stage,
            Optional<Relation> fallback) {
        List<Step.LockClaim> locks = new ArrayList<>();
        subject.catalog().relation(parent.name()).stream().flatMap(root -> root.constraints().stream())
                .flatMap(constraint -> constraint.references().stream())
                .filter(referenced -> !referenced.equals(parent.name())).distinct().sorted()
                .forEach(referenced -> locks.add(Draft.lock(referenced, LockMode.SHARE_ROW_EXCLUSIVE)));
        locks.add(Draft.lock(parent.name(), LockMode.SHARE_UPDATE_EXCLUSIVE));
        locks.add(Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE));
        fallback.ifPresent(partition -> locks.add(Draft.lock(partition.name(), LockMode.ACCESS_EXCLUSIVE)));
        String name = table.name().quoted();
        // CONCURRENTLY is not possible beside a default partition: then the detach is a brief ACCESS EXCLUSIVE.
        Action detach = fallback.isPresent()
                ? new Action.Ddl(List.of("ALTER TABLE " + parent.name().quoted() + " DETACH PARTITION " + name))
                : new Action.DetachPartition(parent.name(), table.name());
        return Draft.ddl(stage, "attach-partition-" + table.name().name(),
                "Attach " + table.name() + " to " + parent.name(),
                List.of("ALTER TABLE " + parent.name().quoted() + " ATTACH PARTITION " + name + " " + bound.text()))
                .withLocks(locks)
                .undone(true, "", detach)
                .validatedBy(Probe.attached(parent.name(), table.name()));
    }

    static Catalog attached(Catalog catalog, Relation parent, Relation table, PartitionBound bound) {
        Relation attached = table.withPartition(table.partition().under(parent.name(), bound.text()));
        // In a tree that is in use it is in use.
        return catalog.with(parent.created() ? attached : attached.inUse());
    }

    /** What PostgreSQL would build under ACCESS EXCLUSIVE, named as it would. */
    private static List<Draft> indexes(Subject subject, Relation parent, Relation table, Stage stage) {
        List<Draft> drafts = new ArrayList<>();
        Catalog catalog = subject.catalog();
        for (Index index : parent.indexes()) {
            String body = body(index);
            if (table.indexes().stream().anyMatch(own -> own.valid() && own.unique() == index.unique()
                    && body(own).equals(body))) {
                continue;
            }
            if (index.constraint().isPresent() || index.unique()) {
                throw new RefusedStatement("partition-differs",
                        table.name() + " has no unique index like " + index.name() + " of " + parent.name(),
                        "ATTACH would build it under ACCESS EXCLUSIVE.",
                        "Add the same unique or primary key to " + table.name() + " earlier in the release.");
            }
            RelationName name = RelationName.of(table.name().schema(),
                    CreateIndex.chosenName(catalog, table, nameParts(subject, index)));
            catalog = catalog.withTakenName(name);
            drafts.add(CreateIndex.build(stage, table, name, index.unique(), body));
        }
        return drafts;
    }

    private static List<String> nameParts(Subject subject, Index index) {
        ParseResult parsed = subject.grammar().parse(index.definition());
        return CreateIndex.nameParts(((Parsed) parsed).statements().get(0).tree());
    }

    /** Method, columns and the rest, without names of index and table. */
    private static String body(Index index) {
        return index.definition().substring(index.definition().indexOf(" USING ") + 1);
    }

    private static void refuseDifferent(Relation parent, Relation table) {
        List<String> missing = new ArrayList<>();
        for (Column column : parent.columns()) {
            Optional<Column> own = table.column(column.name());
            if (own.filter(c -> c.type().equals(column.type()) && c.collation().equals(column.collation())).isEmpty()) {
                missing.add("column " + column.name() + " " + column.type().sql());
            } else if (column.notNull() && !own.get().notNull()) {
                missing.add("NOT NULL on column " + column.name());
            }
        }
        for (Constraint constraint : parent.constraints()) {
            boolean mergeable = switch (constraint.type()) {
                case CHECK -> table.constraint(constraint.name())
                        .filter(own -> own.validated() && own.definition().equals(constraint.definition())
                                || table.created())
                        .isPresent();
                case FOREIGN_KEY -> table.created() || table.constraints().stream().anyMatch(
                        own -> own.validated() && own.definition().equals(constraint.definition()));
                default -> true;
            };
            if (!mergeable) {
                missing.add(constraint.type().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " "
                        + constraint.name() + " " + constraint.definition());
            }
        }
        if (!missing.isEmpty() || table.columns().size() > parent.columns().size()) {
            throw new RefusedStatement("partition-differs",
                    table.name() + " does not have what " + parent.name() + " has: "
                            + (missing.isEmpty() ? "it has more columns" : String.join(", ", missing)),
                    "PostgreSQL would refuse, or prove it under ACCESS EXCLUSIVE.",
                    "Change " + table.name() + " first, by statements of its own.");
        }
    }
}
