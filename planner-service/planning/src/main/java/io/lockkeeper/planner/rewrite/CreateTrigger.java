package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Trigger;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Token;
import io.lockkeeper.planner.statement.Triggers;

/**
 * CREATE TRIGGER. It takes SHARE ROW EXCLUSIVE for a catalog update; but what the trigger does happens to every writer at
 * once, and can make a statement fail. So it comes when the old version is gone, or is declared able.
 */
final class CreateTrigger implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("CreateTrigStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        Relation table = subject.of(Subject.name(node.get("relation")), Relation.Kind.TABLE,
                Relation.Kind.PARTITIONED_TABLE);
        String name = node.string("trigname");
        Optional<Trigger> replaced = replaced(node, table, name);
        refuse(subject, table);
        List<Routine> functions = functions(subject);
        qualifyFunction(subject, functions);
        Stage stage = Stage.latest(
                functions.stream().map(function -> ReplaceRoutine.stage(subject, function))
                        .reduce(Stage.EXPAND, Stage::latest),
                table.columns().stream().flatMap(column -> column.filled().stream())
                        .reduce(Stage.EXPAND, Stage::latest),
                table.created() ? Stage.EXPAND : subject.release().tighten());
        Catalog after = fold(subject, table, Triggers.of(node, Optional.of(stage)));
        if (table.created()) {
            return Sequence.of(after, FreshTable.ddl(subject, table, subject.text().whole()).at(stage));
        }
        Draft draft = Draft.ddl(stage, "create-trigger-" + table.name().name() + "-" + name,
                (replaced.isPresent() ? "Replace" : "Create") + " trigger " + name + " on " + table.name(),
                subject.underSearchPath(List.of(subject.text().whole())))
                .withLocks(PartitionTree.locks(subject.catalog(), table.name(), LockMode.SHARE_ROW_EXCLUSIVE))
                .undoneBy(replaced.flatMap(Trigger::definition)
                        .map(old -> old.replaceFirst("^CREATE TRIGGER", "CREATE OR REPLACE TRIGGER"))
                        .orElse("DROP TRIGGER " + quote(name) + " ON " + table.name().quoted()))
                .validatedBy(Probe.triggerExists(table.name(), name));
        String fires = "find that trigger " + name + " fires for " + table.name();
        Sequence sequence = Sequence.of(after, draft).withTolerance(Tolerance.Side.NEW_WRITERS,
                stage == Stage.TIGHTEN ? fires + ", but not before the old version is gone" : fires);
        return stage == Stage.TIGHTEN ? sequence : sequence.withTolerance(Tolerance.Side.OLD_VERSION, fires);
    }

    /** OR REPLACE also enables a trigger, and makes no constraint trigger anew. */
    private static Optional<Trigger> replaced(SyntaxNode node, Relation table, String name) {
        Optional<Trigger> there = table.triggers().stream().filter(one -> one.name().equals(name)).findFirst();
        if (there.isEmpty()) {
            return there;
        }
        if (!node.flag("replace") && there.get().since().isEmpty()) {
            throw new RefusedStatement("already-exists", "trigger " + name + " of " + table.name() + " exists already",
                    "", "Say CREATE OR REPLACE TRIGGER, or choose another name.");
        }
        Trigger trigger = DropTrigger.existing(table, name);
        boolean plain = trigger.definition().filter(text -> text.startsWith("CREATE TRIGGER")).isPresent();
        if (!plain || node.flag("isconstraint") || trigger.firing() != Trigger.Firing.ORIGIN) {
            throw new RefusedStatement("already-exists", "trigger " + name + " of " + table.name()
                    + " is a constraint trigger, or disabled, or enabled for replicas",
                    "PostgreSQL would refuse, or silently enable it.",
                    "Create a trigger of another name, and drop this one.");
        }
        return there;
    }

    private static void refuse(Subject subject, Relation table) {
        SyntaxNode node = subject.node();
        if (node.has("constrrel")) {
            throw new RefusedStatement("unsupported-statement",
                    "a constraint trigger FROM another table is not supported",
                    "What it does to that table is not known.", "Leave FROM out, or use a foreign key.");
        }
        for (Column column : table.columns()) {
            // A trigger of the application's own may write what a synchronising trigger, which fires last, then copies.
            subject.column(table, column.name());
        }
        named(node).forEach(column -> subject.column(table, column));
    }

    /** Columns behind UPDATE OF and in WHEN, which cannot go without the trigger. */
    private static List<String> named(SyntaxNode node) {
        return Stream.concat(node.strings("columns").stream(),
                node.get("whenClause").typedNodes().filter(ref -> ref.is("ColumnRef"))
                        .map(ref -> ref.strings("fields"))
                        .filter(fields -> fields.size() == 2) // OLD.column, but not OLD.*
                        .map(fields -> fields.get(1)))
                .distinct().toList();
    }

    private static List<Routine> functions(Subject subject) {
        List<String> names = subject.node().strings("funcname");
        List<Routine> own = subject.catalog().routinesNamed(Subject.name(names)).stream()
                .filter(function -> function.argumentTypes().isEmpty()
                        && function.result().filter(type -> !type.equals("trigger")).isEmpty())
                .toList();
        boolean builtin = subject.catalog().symbols().builtinFunctions().containsKey(names.get(names.size() - 1))
                && (names.size() == 1 || names.get(0).equals("pg_catalog"));
        if (own.isEmpty() && !builtin) {
            throw new RefusedStatement("no-such-function",
                    "there is no function " + String.join(".", names) + "() that returns trigger", "",
                    "Create it earlier in the release, or check its name and schema.");
        }
        return own;
    }

    /** It stands behind EXECUTE FUNCTION or EXECUTE PROCEDURE; arguments behind it can be any word. */
    private static void qualifyFunction(Subject subject, List<Routine> functions) {
        List<Token> tokens = subject.text().tokens().list();
        int at = tokens.size() - 1;
        while (!(tokens.get(at).word("EXECUTE") && tokens.get(at).depth() == 0)) {
            at--;
        }
        if (!functions.isEmpty()) {
            subject.text().qualifyNameAt(at + 2);
        }
    }

    /** A row trigger of a partitioned table is one of each partition too. */
    private static Catalog fold(Subject subject, Relation table, Trigger trigger) {
        Dependent dependent = new Dependent(Dependent.Kind.TRIGGER,
                "trigger " + trigger.name() + " on table " + table.name());
        // The function that it called until then, and the columns that it named, no longer need to stay for it.
        Catalog without = subject.catalog().withoutDependent(dependent.description());
        Relation changed = with(without.relation(table.name()).orElse(table), trigger);
        for (String column : named(subject.node())) {
            changed = changed.changeColumn(column, c -> c.withDependent(dependent));
        }
        Catalog catalog = without.with(changed);
        if (trigger.row()) {
            for (Relation partition : subject.catalog().descendants(table.name())) {
                catalog = catalog.with(with(partition, trigger));
            }
        }
        return catalog;
    }

    private static Relation with(Relation table, Trigger trigger) {
        List<Trigger> triggers = new ArrayList<>(table.triggers());
        triggers.removeIf(one -> one.name().equals(trigger.name()));
        triggers.add(trigger);
        return table.withTriggers(triggers);
    }
}
