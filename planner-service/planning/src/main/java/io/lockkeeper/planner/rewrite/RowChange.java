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

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * A statement that changes rows: what it writes and reads, and whether it may run key range by key range. As written it
 * holds the lock of every row that it touches until its end. In ranges of a key, with the cursor in each batch's own
 * transaction, every row is taken exactly once wherever it moves meanwhile, because a key does not move.
 */
final class RowChange {

    static final String READS_ITSELF = "reads-what-it-writes";
    static final String VOLATILE = "volatile-function";

    /** What may run in one short transaction: the catalog says so when the plan is made, the guard when it runs. */
    private static final long FEW_ROWS = 10_000;
    private static final long FEW_BYTES = 8L * 1024 * 1024;

    private final Subject subject;
    private final String verb;
    private final Relation target;
    private final Set<RelationName> reads;

    /** @param verb INSERT, UPDATE …, for people and for the step's name */
    RowChange(Subject subject, String verb) {
        this.subject = subject;
        this.verb = verb;
        this.target = table(subject.catalog(), Subject.name(subject.node().get("relation")));
        this.reads = reads(subject);
        refuseForms();
        refuseFunctions();
        refuseColumnsInChange();
        refuseTriggersToCome();
    }

    Relation target() {
        return target;
    }

    /** Refused where the batches would see each other's work. */
    void refuseSelfReading() {
        if (reads.contains(target.name()) && !subject.allows(READS_ITSELF, target.name().toString())) {
            throw new RefusedStatement(READS_ITSELF,
                    verb + " of " + target.name() + " reads the table that it writes",
                    "In batches, later ones would read what earlier ones have written; in one piece, it locks every row"
                            + " that it touches until its end.",
                    "Write conditions on the row itself, or ON CONFLICT DO NOTHING instead of NOT EXISTS; or, if the"
                            + " order does not matter, allow it by an exception " + READS_ITSELF + " for "
                            + target.name() + ".");
        }
    }

    /** @param outer the select whose rows are taken one by one; sub-selects about a single row are free */
    void refuseWhole(SyntaxNode outer, String alias) {
        for (SyntaxNode select : subject.node().typedNodes().filter(node -> node.is("SelectStmt")).toList()) {
            boolean driving = select.equals(outer);
            if (whole(select) && (driving || !correlated(select, alias))) {
                throw new RefusedStatement("reads-the-whole",
                        verb + " of " + target.name() + (driving
                                ? " sorts, groups or limits"
                                : " has a sub-select that"
                                        + " sorts, groups or limits")
                                + " rows, and not those of one row of " + alias,
                        "Each batch would compute it anew, at great cost or with another result.",
                        "Write it as a sub-select about the row, with the alias before its column: (SELECT sum(i.amount)"
                                + " FROM items i WHERE i.order_id = " + alias + ".id).");
            }
        }
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

    private void refuseForms() {
        if (subject.node().has("returningList") || subject.node().has("returningClause")) {
            throw refusal("returning", "has RETURNING", "Nobody would read the rows.", "Leave RETURNING out.");
        }
        for (SyntaxNode node : subject.node().typedNodes().toList()) {
            switch (node.type()) {
                case "ParamRef" -> throw refusal("parameter", "has a parameter", "Nobody would give it a value.",
                        "Write the value out.");
                case "CurrentOfExpr" -> throw refusal("cursor", "is about a cursor's row", "There is no cursor.",
                        "Write a condition.");
                case "UpdateStmt", "DeleteStmt", "InsertStmt", "MergeStmt" -> {
                    if (!node.equals(subject.node())) {
                        throw refusal("writing-query", "has another writing statement inside",
                                "What each of them sees of the other depends on the batch.",
                                "Write them as statements of their own.");
                    }
                }
                default -> {
                    // Reads only.
                }
            }
        }
        if (subject.text().usesForeignOperators()) {
            throw refusal("operator-outside-pg-catalog", "uses an operator symbol that an extension defines too",
                    "What it means would depend on the search path of the batch.",
                    "Write it as OPERATOR(schema.symbol).");
        }
    }

    private RefusedStatement refusal(String code, String what, String hazard, String advice) {
        return new RefusedStatement(code, verb + " of " + target.name() + " " + what, hazard, advice);
    }

    private void refuseFunctions() {
        for (SyntaxNode call : subject.node().typedNodes().filter(node -> node.is("FuncCall")).toList()) {
            RelationName name = Subject.name(call.strings("funcname"));
            for (Routine routine : subject.catalog().routinesNamed(name)) {
                if (routine.volatility() == Volatility.VOLATILE && !subject.allows(VOLATILE, name.toString())) {
                    throw refusal(VOLATILE, "calls " + routine.identity() + ", which is VOLATILE",
                            "What it writes or reads besides the row cannot be known.",
                            "Declare it STABLE or IMMUTABLE if it is; or allow it by an exception " + VOLATILE + " for "
                                    + name + ".");
                }
            }
        }
    }

    private void refuseColumnsInChange() {
        Set<RelationName> relations = new LinkedHashSet<>(reads);
        relations.add(target.name());
        List<String> mentioned = new ArrayList<>(Expressions.columns(subject.node()));
        subject.node().list("targetList").forEach(assigned -> mentioned.add(assigned.string("name")));
        subject.node().list("cols").forEach(assigned -> mentioned.add(assigned.string("name")));
        for (RelationName name : relations) {
            subject.catalog().relation(name).ifPresent(relation -> mentioned.stream()
                    .filter(column -> relation.column(column).isPresent())
                    .forEach(column -> subject.column(relation, column)));
        }
    }

    /** As written they would fire for these rows; but they come later than rows change. */
    private void refuseTriggersToCome() {
        target.triggers().stream().filter(trigger -> trigger.since().filter(since -> since.compareTo(Stage.MIGRATE) > 0)
                .isPresent()).findFirst().ifPresent(trigger -> {
                    throw new RefusedStatement("trigger-in-change",
                            "trigger " + trigger.name() + " of " + target.name()
                                    + " is created, enabled or dropped by this release before this " + verb,
                            "It changes when the old version is gone: as written it would fire for these rows, or would"
                                    + " not, and in the plan it is the other way round.",
                            "Change the rows before the trigger changes, or in a later release.");
                });
    }

    private boolean whole(SyntaxNode select) {
        return select.has("groupClause") || select.has("distinctClause") || select.has("havingClause")
                || select.has("windowClause") || select.has("limitCount") || select.has("limitOffset")
                || select.has("sortClause") || select.has("lockingClause") || select.has("intoClause")
                || select.has("valuesLists")
                || !select.string("op").isEmpty() && !select.string("op").equals("SETOP_NONE")
                || select.list("targetList").stream().flatMap(SyntaxNode::typedNodes).anyMatch(this::aggregate);
    }

    private boolean aggregate(SyntaxNode node) {
        if (!node.is("FuncCall")) {
            return false;
        }
        List<String> names = node.strings("funcname");
        return node.has("over") || node.has("agg_within_group")
                || subject.catalog().symbols().aggregates().contains(names.get(names.size() - 1))
                || subject.catalog().routinesNamed(Subject.name(names)).stream()
                        .anyMatch(routine -> routine.kind() == Routine.Kind.AGGREGATE
                                || routine.kind() == Routine.Kind.WINDOW);
    }

    private static boolean correlated(SyntaxNode select, String alias) {
        return select.typedNodes().filter(node -> node.is("ColumnRef")).map(node -> node.strings("fields"))
                .anyMatch(fields -> fields.size() > 1 && fields.get(fields.size() - 2).equals(alias));
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
