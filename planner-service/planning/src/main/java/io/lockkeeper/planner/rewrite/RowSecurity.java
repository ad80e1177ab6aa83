package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Properties;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * Row level security and its policies: ACCESS EXCLUSIVE for a catalog update. What hides rows from the old version, or
 * rejects its writes, waits until it is gone; policies are made before they hold, so that nobody is left without.
 */
final class RowSecurity implements Rewrite {

    private static final String PERMISSIVE = " AS PERMISSIVE ";

    @Override
    public Set<String> takes() {
        return Set.of("AT_EnableRowSecurity", "AT_DisableRowSecurity", "AT_ForceRowSecurity", "AT_NoForceRowSecurity",
                "CreatePolicyStmt", "DropStmt OBJECT_POLICY");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        return switch (subject.node().type()) {
            case "CreatePolicyStmt" -> createPolicy(subject);
            case "DropStmt" -> dropPolicies(subject);
            default -> change(subject);
        };
    }

    private static Sequence change(Subject subject) {
        Relation table = subject.of(Subject.name(subject.statement().tree().get("relation")), Relation.Kind.TABLE,
                Relation.Kind.PARTITIONED_TABLE);
        Properties.RowSecurity before = table.properties().security();
        Properties.RowSecurity wanted = switch (subject.node().string("subtype")) {
            case "AT_EnableRowSecurity" -> before == Properties.RowSecurity.OFF ? Properties.RowSecurity.ON : before;
            case "AT_DisableRowSecurity" -> Properties.RowSecurity.OFF;
            case "AT_ForceRowSecurity" -> Properties.RowSecurity.FORCED;
            default -> before == Properties.RowSecurity.FORCED ? Properties.RowSecurity.ON : before;
        };
        if (wanted == before) {
            return Sequence.nothing(subject.catalog(), "row level security of " + table.name() + " is as wanted");
        }
        if (wanted == Properties.RowSecurity.FORCED && before == Properties.RowSecurity.OFF
                || wanted == Properties.RowSecurity.OFF && before == Properties.RowSecurity.FORCED) {
            throw new RefusedStatement("unsupported-statement",
                    "FORCE and ENABLE ROW LEVEL SECURITY of " + table.name() + " are two settings", "",
                    wanted == Properties.RowSecurity.FORCED
                            ? "ENABLE it by a subcommand before FORCE."
                            : "Write NO FORCE ROW LEVEL SECURITY before DISABLE.");
        }
        var after = subject.catalog().with(table.withProperties(table.properties().withSecurity(wanted)));
        if (table.created()) {
            return Sequence.of(after, FreshTable.asWritten(subject, table));
        }
        boolean tightens = wanted.compareTo(before) > 0;
        String clause = clause(before, wanted);
        Draft draft = Draft.ddl(tightens ? subject.release().tighten() : Stage.EXPAND,
                "row-security-" + table.name().name(), clause + " of " + table.name(),
                List.of("ALTER TABLE " + table.name().quoted() + " " + clause),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneBy("ALTER TABLE " + table.name().quoted() + " " + clause(wanted, before));
        Sequence sequence = Sequence.of(after, draft);
        return tightens
                ? sequence.withTolerance(Tolerance.Side.NEW_WRITERS,
                        "must see and write no rows of " + table.name() + " but those that its policies allow")
                : sequence.withNote("whoever holds grants on " + table.name() + " sees rows that policies hid before");
    }

    private static String clause(Properties.RowSecurity before, Properties.RowSecurity wanted) {
        return switch (wanted) {
            case OFF -> "DISABLE ROW LEVEL SECURITY";
            case ON -> before == Properties.RowSecurity.OFF
                    ? "ENABLE ROW LEVEL SECURITY"
                    : "NO FORCE ROW LEVEL SECURITY";
            case FORCED -> "FORCE ROW LEVEL SECURITY";
        };
    }

    private static Sequence createPolicy(Subject subject) {
        SyntaxNode node = subject.node();
        Relation table = subject.of(Subject.name(node.get("table")), Relation.Kind.TABLE,
                Relation.Kind.PARTITIONED_TABLE);
        String name = node.string("policy_name");
        if (policy(table, name).isPresent()) {
            throw new RefusedStatement("already-exists",
                    "policy " + name + " of " + table.name() + " exists already", "", "Choose another name.");
        }
        boolean tightens = !node.flag("permissive") && table.properties().security() != Properties.RowSecurity.OFF;
        List<Properties.Part> policies = new ArrayList<>(table.properties().policies());
        policies.add(new Properties.Part(name, node.flag("permissive") ? PERMISSIVE : ""));
        return Sequence.of(subject.catalog().with(table.withProperties(table.properties().withPolicies(policies))),
                Draft.ddl(tightens && !table.created() ? subject.release().tighten() : Stage.EXPAND,
                        "create-policy-" + table.name().name() + "-" + name,
                        "Create policy " + name + " of " + table.name(),
                        subject.underSearchPath(List.of(subject.text().whole())),
                        Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                        .undoneBy("DROP POLICY " + quote(name) + " ON " + table.name().quoted())
                        .validatedBy("SELECT 'policy is missing' WHERE NOT EXISTS (" + Probe.policy(table.name(), name)
                                + ")"));
    }

    private static Sequence dropPolicies(Subject subject) {
        subject.refuseCascade(subject.node());
        Sequence sequence = new Sequence(List.of(), List.of(), List.of(), List.of(), subject.catalog());
        for (SyntaxNode object : subject.node().list("objects")) {
            List<String> parts = object.strings("items");
            sequence = sequence.then(dropPolicy(subject.with(sequence.after()),
                    Subject.name(parts.subList(0, parts.size() - 1)), parts.get(parts.size() - 1)));
        }
        return sequence;
    }

    private static Sequence dropPolicy(Subject subject, RelationName tableName, String name) {
        Relation table = subject.of(tableName, Relation.Kind.TABLE, Relation.Kind.PARTITIONED_TABLE);
        Optional<Properties.Part> policy = policy(table, name);
        if (policy.isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "policy " + name + " of " + tableName + " is not there");
        }
        String definition = policy.orElseThrow(() -> new RefusedStatement("no-such-policy",
                "policy " + name + " of " + tableName + " does not exist", "", "Check the name.")).definition();
        if (!definition.startsWith("CREATE ")) {
            throw new RefusedStatement("table-in-change", "policy " + name + " is created by this very release", "",
                    "Leave out both statements.");
        }
        boolean tightens = definition.contains(PERMISSIVE)
                && table.properties().security() != Properties.RowSecurity.OFF;
        return Sequence.of(subject.catalog().with(table.withProperties(table.properties().withPolicies(
                table.properties().policies().stream().filter(other -> !other.name().equals(name)).toList()))),
                Draft.ddl(tightens ? subject.release().tighten() : Stage.EXPAND,
                        "drop-policy-" + tableName.name() + "-" + name, "Drop policy " + name + " of " + tableName,
                        List.of("DROP POLICY " + quote(name) + " ON " + tableName.quoted()),
                        Draft.lock(tableName, LockMode.ACCESS_EXCLUSIVE))
                        .undoneBy(definition)
                        .validatedBy(Probe.policy(tableName, name)));
    }

    private static Optional<Properties.Part> policy(Relation table, String name) {
        return table.properties().policies().stream().filter(policy -> policy.name().equals(name)).findFirst();
    }
}
