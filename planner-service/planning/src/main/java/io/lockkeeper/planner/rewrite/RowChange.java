package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * A statement that changes rows: what it writes and reads, and whether it may run key range by key range. As written it
 * holds the lock of every row that it touches until its end. In ranges of a key, with the cursor in each batch's own
 * transaction, every row is taken exactly once wherever it moves meanwhile, because a key does not move.
 */
final class RowChange {

    /** What may run in one short transaction: the catalog says so when the plan is made, the guard when it runs. */
    private static final long FEW_ROWS = 10_000;
    private static final long FEW_BYTES = 8L * 1024 * 1024;

    private final Subject subject;
    private final String verb;
    private final Relation target;
    private final Set<RelationName> reads;
    private final RowChangeRules rules;

    /** @param verb INSERT, UPDATE …, for people and for the step's name */
    RowChange(Subject subject, String verb) {
        this.subject = subject;
        this.verb = verb;
        this.target = table(subject.catalog(), Subject.name(subject.node().get("relation")));
        this.reads = reads(subject);
        this.rules = new RowChangeRules(subject, verb, target, reads);
        rules.require();
    }

    Relation target() {
        return target;
    }

    RowChangeRules rules() {
        return rules;
    }

    /** The steps: in batches where that is possible, whole where there is little to do, else refused. */
    Sequence steps(Batches batches, String note) {
        if (few()) {
            return whole();
        }
        Action.ChangeRows action = batches.make(this);
        Draft draft = new Draft(Stage.MIGRATE, slug(),
                sentence() + " in batches", action, locks(), Optional.empty(), Optional.empty());
        return sequence(draft, note);
    }

    /** For statements that are not known how to run in batches. */
    Sequence wholeOr(RefusedStatement refusal) {
        if (!few()) {
            throw refusal;
        }
        return whole();
    }

    /** How a statement is cut into batches; throws where it cannot be. */
    interface Batches {

        Action.ChangeRows make(RowChange change);
    }

    /** Columns that are unique together and never NULL: a primary key first. */
    List<Action.ChangeRows.KeyColumn> key(Relation driver) {
        return driver.constraints().stream()
                .filter(constraint -> constraint.key() && constraint.since().isEmpty())
                .filter(constraint -> constraint.columns().stream()
                        .allMatch(name -> driver.column(name).filter(column -> column.notNull()
                                && column.change().isEmpty()).isPresent()))
                .min((one, other) -> one.type().compareTo(other.type()))
                .map(constraint -> constraint.columns().stream().map(name -> new Action.ChangeRows.KeyColumn(name,
                        driver.column(name).orElseThrow().type().sql())).toList())
                .orElseThrow(() -> new RefusedStatement("no-key",
                        driver.name() + " has no primary key or unique constraint over NOT NULL columns",
                        "Nobody could tell which rows a batch has done: rows move when they are written.",
                        "Give it a primary key first; or, if it has few rows, run ANALYZE on it."));
    }

    Relation table(RelationName name) {
        return table(subject.catalog(), name);
    }

    private static Relation table(Catalog catalog, RelationName name) {
        Relation relation = catalog.relation(name).orElseThrow(() -> new RefusedStatement("no-such-relation",
                "relation " + name + " does not exist", "", "Check the name and its schema."));
        boolean table = relation.kind() == Relation.Kind.TABLE
                || relation.kind() == Relation.Kind.PARTITIONED_TABLE;
        if (!table || relation.inherits() && relation.kind() == Relation.Kind.TABLE && !relation.isPartition()) {
            throw new RefusedStatement("not-a-table", name + " is not an ordinary or partitioned table", "",
                    "Write to tables, not through views, and not to tables that others inherit from.");
        }
        if (relation.extensionMember()) {
            throw new RefusedStatement("extension-member", name + " belongs to an extension",
                    "The extension would no longer match its script.", "Change it by the extension's own means.");
        }
        return relation;
    }

    private static Set<RelationName> reads(Subject subject) {
        Set<String> commonTables = new TreeSet<>();
        subject.node().typedNodes().filter(node -> node.is("CommonTableExpr"))
                .forEach(node -> commonTables.add(node.string("ctename")));
        Set<RelationName> reads = new TreeSet<>();
        // The written relation's own node bears no type, so these are the others.
        subject.node().typedNodes().filter(node -> node.is("RangeVar"))
                .filter(node -> node.has("schemaname") || !commonTables.contains(node.string("relname")))
                .forEach(node -> reads.add(Subject.name(node)));
        return reads;
    }

    /** Every table that it touches is small, by the catalog; one that was never analysed is not known to be. */
    private boolean few() {
        return involved().stream().map(subject.catalog()::relation).flatMap(Optional::stream)
                .allMatch(relation -> relation.created() || relation.kind() == Relation.Kind.TABLE
                        && relation.rows() > 0 && relation.rows() <= FEW_ROWS / 2 && relation.bytes() <= FEW_BYTES);
    }

    private Set<RelationName> involved() {
        Set<RelationName> involved = new LinkedHashSet<>();
        involved.add(target.name());
        involved.addAll(reads);
        return involved;
    }

    private Sequence whole() {
        List<String> statements = new ArrayList<>();
        involved().stream().filter(name -> subject.catalog().relation(name).isPresent())
                .forEach(name -> statements.add(guard(name)));
        statements.add(subject.text().whole());
        boolean unseen = target.created() && involved().stream()
                .allMatch(name -> subject.catalog().relation(name).filter(Relation::created).isPresent());
        return sequence(new Draft(unseen ? Stage.EXPAND : Stage.MIGRATE, slug(), sentence(),
                new Action.Ddl(statements), locks(), Optional.empty(), Optional.empty()), "");
    }

    /** Statistics may be old: the transaction looks before it locks more rows than it may. */
    private static String guard(RelationName table) {
        return "DO $lockkeeper$ BEGIN IF (SELECT count(*) FROM (SELECT FROM " + table.quoted() + " LIMIT "
                + (FEW_ROWS + 1) + ") AS few) > " + FEW_ROWS + " THEN RAISE EXCEPTION USING MESSAGE = "
                + Identifier.literal(table + " has more than " + FEW_ROWS
                        + " rows, too many for one transaction: run ANALYZE on it and plan the release again")
                + "; END IF; END $lockkeeper$";
    }

    /** Foreign keys are checked by locking rows of the other table, or change them. */
    List<Step.LockClaim> locks() {
        Map<RelationName, LockMode> modes = new TreeMap<>();
        reads.stream().filter(name -> subject.catalog().relation(name).isPresent())
                .forEach(name -> modes.put(name, LockMode.ACCESS_SHARE));
        Set<String> assigned = new TreeSet<>(subject.node().list("targetList").stream()
                .map(column -> column.string("name")).toList());
        target.constraints().stream()
                .filter(key -> !verb.equals("DELETE") && (!verb.equals("UPDATE")
                        || key.columns().stream().anyMatch(assigned::contains)))
                .forEach(key -> key.references().ifPresent(parent -> stronger(modes, parent, LockMode.ROW_SHARE)));
        if (verb.equals("DELETE") || verb.equals("MERGE")) {
            subject.catalog().foreignKeysTo(target.name()).forEach(child -> stronger(modes, child.table(),
                    child.constraint().definition().matches("(?s).*ON DELETE (CASCADE|SET ).*")
                            ? LockMode.ROW_EXCLUSIVE
                            : LockMode.ROW_SHARE));
        }
        modes.remove(target.name());
        List<Step.LockClaim> claims = new ArrayList<>(List.of(Draft.lock(target.name(), LockMode.ROW_EXCLUSIVE)));
        modes.forEach((name, mode) -> claims.add(Draft.lock(name, mode)));
        return claims;
    }

    private static void stronger(Map<RelationName, LockMode> modes, RelationName name, LockMode mode) {
        modes.merge(name, mode, (one, other) -> one.compareTo(other) > 0 ? one : other);
    }

    private Sequence sequence(Draft draft, String note) {
        Draft undoable = draft.stage() == Stage.EXPAND
                ? draft.undoneByNothing("the table itself is dropped")
                : draft.undone(false, "the rows stay as they are then: what they were is not kept");
        Sequence sequence = Sequence.of(subject.catalog(), undoable);
        if (!target.created()) {
            sequence = sequence.withTolerance(Tolerance.Side.OLD_VERSION, "meets rows of " + target.name()
                    + " that the release has changed, and such that it has not changed yet");
        }
        return note.isEmpty() ? sequence : sequence.withNote(note);
    }

    private String slug() {
        return verb.toLowerCase(Locale.ROOT) + "-" + target.name().name();
    }

    private String sentence() {
        return switch (verb) {
            case "INSERT" -> "Insert rows into " + target.name();
            case "DELETE" -> "Delete rows of " + target.name();
            case "MERGE" -> "Merge rows into " + target.name();
            default -> "Update rows of " + target.name();
        };
    }

    /** {@code "o"."id"}. */
    static String column(String alias, String name) {
        return quote(alias) + "." + quote(name);
    }
}
