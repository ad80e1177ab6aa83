package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Properties;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Trigger;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * RENAME of a trigger or a policy: a catalog update under ACCESS EXCLUSIVE, of a name that no statement of an application
 * says.
 */
final class RenamePart implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("RenameStmt OBJECT_TRIGGER", "RenameStmt OBJECT_POLICY");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        boolean trigger = subject.node().string("renameType").equals("OBJECT_TRIGGER");
        Relation table = subject.of(Subject.name(subject.node().get("relation")), Relation.Kind.TABLE,
                Relation.Kind.PARTITIONED_TABLE);
        String from = subject.node().string("subname");
        String to = subject.node().string("newname");
        List<String> names = trigger
                ? table.triggers().stream().map(Trigger::name).toList()
                : table.properties().policies().stream().map(Properties.Part::name).toList();
        if (names.contains(to)) {
            throw new RefusedStatement("already-exists", "the name " + to + " is in use in " + table.name(), "",
                    "Choose another name.");
        }
        Catalog after = trigger ? triggerRenamed(subject, table, from, to) : policyRenamed(subject, table, from, to);
        String what = trigger ? "TRIGGER " : "POLICY ";
        String on = " ON " + table.name().quoted() + " RENAME TO ";
        Sequence sequence = Sequence.of(after, Draft.ddl(Stage.EXPAND,
                "rename-" + table.name().name() + "-" + from,
                "Rename " + (trigger ? "trigger " : "policy ") + from + " of " + table.name() + " to " + to,
                List.of("ALTER " + what + quote(from) + on + quote(to)))
                .withLocks(trigger
                        ? PartitionTree.locks(subject.catalog(), table.name(), LockMode.ACCESS_EXCLUSIVE)
                        : List.of(Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE)))
                .undoneBy("ALTER " + what + quote(to) + on + quote(from)));
        return trigger && names.size() > 1
                ? sequence.withNote("triggers of " + table.name() + " fire in the order of their names: " + from
                        + " fires as " + to + " from now on")
                : sequence;
    }

    private static Catalog triggerRenamed(Subject subject, Relation table, String from, String to) {
        DropTrigger.existing(table, from);
        Catalog after = subject.catalog().with(renamed(table, from, to));
        for (Relation partition : subject.catalog().descendants(table.name())) {
            after = after.with(renamed(partition, from, to));
        }
        return after;
    }

    private static Relation renamed(Relation table, String from, String to) {
        return table.withTriggers(table.triggers().stream()
                .map(one -> one.name().equals(from) ? one.withName(to) : one).toList());
    }

    private static Catalog policyRenamed(Subject subject, Relation table, String from, String to) {
        if (table.properties().policies().stream().noneMatch(policy -> policy.name().equals(from))) {
            throw new RefusedStatement("no-such-policy", "policy " + from + " of " + table.name() + " does not exist",
                    "",
                    "Check the name.");
        }
        return subject.catalog().with(table.withProperties(table.properties().withPolicies(
                table.properties().policies().stream()
                        .map(policy -> policy.name().equals(from) ? renamed(policy, to) : policy).toList())));
    }

    private static Properties.Part renamed(Properties.Part policy, String to) {
        return new Properties.Part(to, Stream.of(policy.name(), quote(policy.name()))
                .map(name -> "CREATE POLICY " + name + " ON ").filter(policy.definition()::startsWith).findFirst()
                .map(head -> "CREATE POLICY " + quote(to) + " ON " + policy.definition().substring(head.length()))
                .orElse(policy.definition()));
    }
}
