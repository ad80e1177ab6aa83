package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ADD FOREIGN KEY as NOT VALID, then VALIDATE; as written it scans the table while both tables are closed to writers
 * (SHARE ROW EXCLUSIVE).
 */
final class AddForeignKey implements Rewrite {

    /** Since 18 the foreign key of a partitioned table can be NOT VALID. */
    private static final int NOT_VALID_ON_PARTITIONED = 180000;

    @Override
    public Set<String> takes() {
        return Set.of("AT_AddConstraint CONSTR_FOREIGN");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode definition = subject.node().get("def");
        return add(subject, subject.tree(), definition, definition.strings("fk_attrs"));
    }

    /** Also for REFERENCES behind a column. */
    static Sequence add(Subject subject, Relation table, SyntaxNode definition, List<String> columns) {
        if (definition.flag("fk_with_period") || definition.flag("pk_with_period")) {
            throw new RefusedStatement("unsupported-statement", "a foreign key with PERIOD is not supported", "",
                    "Leave PERIOD out.");
        }
        if (!definition.flag("is_enforced") && !definition.flag("initially_valid")) {
            throw new RefusedStatement("not-enforced", "NOT ENFORCED is not supported",
                    "Nobody could rely on such a constraint.", "Leave NOT ENFORCED out.");
        }
        List<Stage> stages = new ArrayList<>();
        stages.add(table.created() ? Stage.EXPAND : subject.release().tighten());
        for (String column : columns) {
            subject.settled(table, column).filled().ifPresent(stages::add);
        }
        RelationName parentName = Subject.name(definition.get("pktable"));
        Constraint key = resolve(subject, table, definition, columns, parentName, stages);
        Stage stage = Stage.latest(stages.toArray(Stage[]::new));
        Constraint foreignKey = new Constraint(key.name(), key.type(), key.columns(), key.definition(),
                key.validated(), key.index(), key.references(), key.referencedColumns(), Optional.of(stage));
        Catalog after = subject.catalog().with(table.withConstraint(foreignKey));
        if (table.kind() == Relation.Kind.PARTITIONED_TABLE && !table.created()
                && subject.catalog().serverVersion() < NOT_VALID_ON_PARTITIONED) {
            return partitionByPartition(subject.catalog(), after, table, foreignKey, stage);
        }
        boolean separately = !table.created() && key.validated();
        String slug = table.name().name() + "-" + key.name();
        Draft ask = Draft.ddl(stage, "add-foreign-key-" + slug,
                "Ask that new rows of " + table.name() + " refer to " + parentName,
                List.of("ALTER TABLE " + table.name().quoted() + " ADD CONSTRAINT " + quote(key.name()) + " "
                        + key.definition() + (table.created() && key.validated() ? "" : " NOT VALID")))
                // NOT VALID: SHARE ROW EXCLUSIVE on both tables for a catalog update, no scan.
                .withLocks(locks(table.name(), parentName))
                .undoneBy("ALTER TABLE " + table.name().quoted() + " DROP CONSTRAINT " + quote(key.name()))
                .validatedBy(Probe.constraintExists(table.name(), key.name()));
        Sequence sequence = separately
                ? Sequence.of(after, ask, AddCheck.validate(stage, table, foreignKey))
                : Sequence.of(after, ask);
        if (table.indexes().stream().noneMatch(index -> startsWith(index.keys(), columns))) {
            sequence = sequence.withNote("no index of " + table.name() + " begins with " + String.join(", ", columns)
                    + ": every DELETE in " + parentName + " will scan it; add an index");
        }
        return sequence.withTolerance(Tolerance.Side.NEW_WRITERS, "must write rows of " + table.name()
                + " that refer to rows of " + parentName);
    }

    /** Before 18: each partition gets its own, proved; the parent's then adopts them without a scan. */
    private static Sequence partitionByPartition(Catalog before, Catalog after, Relation table, Constraint key,
            Stage stage) {
        RelationName parentName = key.references().orElseThrow();
        List<Draft> drafts = new ArrayList<>();
        for (Relation leaf : PartitionTree.leaves(before, table.name())) {
            drafts.add(Draft.ddl(stage, "add-foreign-key-" + leaf.name().name() + "-" + key.name(),
                    "Ask that new rows of " + leaf.name() + " refer to " + parentName,
                    List.of(addTo(leaf.name(), key) + " NOT VALID"))
                    .withLocks(locks(leaf.name(), parentName))
                    .undoneBy("ALTER TABLE " + leaf.name().quoted() + " DROP CONSTRAINT IF EXISTS "
                            + quote(key.name()))
                    .validatedBy(Probe.constraintExists(leaf.name(), key.name())));
            drafts.add(AddCheck.validate(stage, leaf, key));
        }
        drafts.add(Draft.ddl(stage, "add-foreign-key-" + table.name().name() + "-" + key.name(),
                "Make them the foreign key " + key.name() + " of " + table.name(), List.of(addTo(table.name(), key)))
                // Triggers that the adopted ones had on the parent are dropped, which takes ACCESS EXCLUSIVE there.
                .withLocks(locks(table.name(), parentName).stream().map(claim -> claim.relation().equals(parentName)
                        ? Draft.lock(parentName, LockMode.ACCESS_EXCLUSIVE)
                        : claim).toList())
                .undoneBy("ALTER TABLE " + table.name().quoted() + " DROP CONSTRAINT " + quote(key.name()))
                .validatedBy(Probe.constraintValid(table.name(), key.name())));
        return Sequence.of(after, drafts.toArray(Draft[]::new)).withTolerance(Tolerance.Side.NEW_WRITERS,
                "must write rows of " + table.name() + " that refer to rows of " + parentName);
    }

    private static String addTo(RelationName table, Constraint key) {
        return "ALTER TABLE " + table.quoted() + " ADD CONSTRAINT " + quote(key.name()) + " " + key.definition();
    }

    private static Constraint resolve(Subject subject, Relation table, SyntaxNode definition, List<String> columns,
            RelationName parentName, List<Stage> stages) {
        Relation parent = parentName.equals(table.name()) ? table : subject.table(parentName);
        List<String> keyColumns = definition.strings("pk_attrs");
        if (keyColumns.isEmpty()) {
            keyColumns = parent.primaryKey().map(Constraint::columns).orElse(List.of());
        }
        keyColumns.forEach(column -> stages.add(subject.settled(parent, column).shaped()));
        Set<String> wanted = new TreeSet<>(keyColumns);
        Optional<Constraint> unique = parent.constraints().stream()
                .filter(constraint -> constraint.key() && new TreeSet<>(constraint.columns()).equals(wanted))
                .findFirst();
        Optional<Index> uniqueIndex = parent.indexes().stream()
                .filter(index -> index.unique() && !index.computed() && new TreeSet<>(index.keys()).equals(wanted))
                .findFirst();
        if (keyColumns.isEmpty() || unique.isEmpty() && uniqueIndex.isEmpty()
                || keyColumns.size() != columns.size()) {
            throw new RefusedStatement("no-unique-key",
                    parentName + " has no unique key on (" + String.join(", ", keyColumns) + ")",
                    "PostgreSQL would refuse the foreign key.", "Add a unique constraint first.");
        }
        unique.map(Constraint::since).or(() -> uniqueIndex.map(Index::since)).orElseThrow()
                // The twin of an index is there with its column; only its name comes with the drop.
                .filter(since -> since != Stage.DROP).ifPresent(stages::add);
        String name = definition.string("conname");
        if (table.constraint(name).isPresent()) {
            throw new RefusedStatement("already-exists",
                    "constraint " + name + " of " + table.name() + " exists already", "", "Choose another name.");
        }
        if (name.isEmpty()) {
            name = subject.catalog().freeName(table.name().schema(),
                    GeneratedName.conventional(table.name().name(), String.join("_", columns), "fkey"),
                    candidate -> table.constraint(candidate).isPresent());
        }
        return new Constraint(name, Constraint.Type.FOREIGN_KEY, columns,
                definition(definition, columns, parentName, keyColumns, definition.strings("fk_del_set_cols")),
                !definition.flag("skip_validation"),
                Optional.empty(), Optional.of(parentName), keyColumns, Optional.empty());
    }

    /** The definition of a foreign key that is there, with other columns for its own or for those that it refers to. */
    static String onOtherColumns(Subject subject, Constraint key, UnaryOperator<List<String>> own,
            UnaryOperator<List<String>> referenced) {
        SyntaxNode node = ColumnRenaming.parse(subject.grammar(), "ALTER TABLE t ADD " + key.definition()).tree()
                .list("cmds").get(0).get("def");
        return definition(node, own.apply(key.columns()), key.references().orElseThrow(),
                referenced.apply(key.referencedColumns()), own.apply(node.strings("fk_del_set_cols")));
    }

    private static String definition(SyntaxNode node, List<String> columns, RelationName parent,
            List<String> keyColumns, List<String> set) {
        StringBuilder sql = new StringBuilder("FOREIGN KEY (").append(list(columns)).append(") REFERENCES ")
                .append(parent.quoted()).append(" (").append(list(keyColumns)).append(')');
        if (node.string("fk_matchtype").equals("f")) {
            sql.append(" MATCH FULL");
        }
        sql.append(action(" ON UPDATE ", node.string("fk_upd_action")));
        sql.append(action(" ON DELETE ", node.string("fk_del_action")));
        if (!set.isEmpty()) {
            sql.append(" (").append(list(set)).append(')');
        }
        if (node.flag("deferrable")) {
            sql.append(node.flag("initdeferred") ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE");
        }
        return sql.toString();
    }

    private static String action(String event, String code) {
        return switch (code) {
            case "r" -> event + "RESTRICT";
            case "c" -> event + "CASCADE";
            case "n" -> event + "SET NULL";
            case "d" -> event + "SET DEFAULT";
            default -> "";
        };
    }

    /** The parent first: every step that needs both tables takes them in this order. */
    static List<Step.LockClaim> locks(RelationName table, RelationName parent) {
        return parent.equals(table)
                ? List.of(Draft.lock(table, LockMode.SHARE_ROW_EXCLUSIVE))
                : List.of(Draft.lock(parent, LockMode.SHARE_ROW_EXCLUSIVE),
                        Draft.lock(table, LockMode.SHARE_ROW_EXCLUSIVE));
    }

    private static String list(List<String> columns) {
        return columns.stream().map(Identifier::quote).collect(Collectors.joining(", "));
    }

    private static boolean startsWith(List<String> keys, List<String> columns) {
        return keys.size() >= columns.size()
                && new TreeSet<>(keys.subList(0, columns.size())).equals(new TreeSet<>(columns));
    }
}
