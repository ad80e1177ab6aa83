package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ADD COLUMN. Without a default, or with one that is the same for every row (constant or STABLE, PostgreSQL 11 and
 * later), it is a catalog update. A VOLATILE default would rewrite the table: the column comes without it, new rows get
 * it, old rows are filled in batches; so does a column that numbers itself ({@link NumberedColumn}).
 */
final class AddColumn implements Rewrite {

    private static final int VIRTUAL_COLUMNS = 180000;

    @Override
    public Set<String> takes() {
        return Set.of("AT_AddColumn");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.table();
        ColumnClause clause = ColumnClause.of(subject, subject.node().get("def"), subject.clause().end());
        Optional<Column> existing = table.column(clause.name());
        if (subject.node().flag("missing_ok") && existing.isPresent()) {
            return skip(subject, table, clause, existing.get());
        }
        subject.requireFree(table, clause.name());
        if (table.created()) {
            Relation changed = NewConstraints.fold(subject, table.withColumn(clause.column()), clause);
            return Sequence.of(subject.catalog().with(changed), FreshTable.asWritten(subject, table));
        }
        refuseDomain(subject.catalog(), "column " + clause.name() + " of " + table.name(), clause.type().base());
        return withConstraints(subject, table, clause, add(subject, table, clause));
    }

    private static Sequence add(Subject subject, Relation table, ColumnClause clause) {
        if (clause.serial() || clause.generation().identity()) {
            return NumberedColumn.add(subject, table, clause);
        }
        if (clause.generation() != Column.Generation.NONE) {
            return generated(subject, table, clause);
        }
        return clause.defaultVolatility() == Volatility.VOLATILE
                ? filled(subject, table, clause)
                : plain(subject, table, clause);
    }

    /** VIRTUAL (18): computed when read, so no row is touched. */
    private static Sequence generated(Subject subject, Relation table, ColumnClause clause) {
        boolean virtual = clause.generation() == Column.Generation.VIRTUAL;
        if (!virtual || subject.catalog().serverVersion() < VIRTUAL_COLUMNS) {
            throw new RefusedStatement("generated-column",
                    "column " + clause.name() + " of " + table.name() + " is generated"
                            + (virtual ? " and VIRTUAL, which this server does not know" : " and STORED"),
                    "A stored one is computed for every row under ACCESS EXCLUSIVE.",
                    subject.catalog().serverVersion() < VIRTUAL_COLUMNS
                            ? "Add a plain column, let the application write it or a view compute it, and fill the old"
                                    + " rows."
                            : "Say VIRTUAL: it is computed when it is read. If it must be stored or indexed, add a plain"
                                    + " column, let the application write it, and fill the old rows.");
        }
        String add = "ALTER TABLE " + table.name().quoted() + " ADD COLUMN " + clause.declaration()
                + " GENERATED ALWAYS AS (" + clause.expression().orElseThrow() + ") VIRTUAL";
        Relation changed = table.withColumn(clause.column().withNotNull(false));
        SyntaxNode expression = subject.node().get("def").list("constraints").stream()
                .filter(constraint -> constraint.string("contype").equals("CONSTR_GENERATED")).findFirst().orElseThrow();
        for (String base : Expressions.columns(expression.get("raw_expr"))) {
            subject.column(table, base);
            changed = changed.changeColumn(base, column -> column.withDependent(new Dependent(
                    Dependent.Kind.GENERATED_COLUMN, "generated column " + clause.name())));
        }
        Sequence sequence = Sequence.of(subject.catalog().with(changed),
                add(table, clause, subject.underSearchPath(List.of(add)))).withNote(rowShape(table));
        return clause.notNull()
                ? sequence.then(SetNotNull.establish(subject.with(sequence.after()), changed,
                        changed.column(clause.name()).orElseThrow()))
                : sequence;
    }

    private static Sequence plain(Subject subject, Relation table, ColumnClause clause) {
        if (clause.notNull() && clause.defaultText().isEmpty()) {
            throw new RefusedStatement("not-null-without-default",
                    "column " + clause.name() + " of " + table.name() + " is NOT NULL without a default",
                    "It fails where the table has rows, and every INSERT of the old version would fail.",
                    "Give it a default; or add it nullable, fill it, and set NOT NULL in a later release.");
        }
        String add = "ALTER TABLE " + table.name().quoted() + " ADD COLUMN " + clause.declaration()
                + clause.defaultText().map(text -> " DEFAULT " + text).orElse("")
                + (clause.notNull() ? " NOT NULL" : "");
        Column column = clause.defaultText().isPresent() ? clause.column() : clause.column().filledFrom(Stage.EXPAND);
        return Sequence.of(subject.catalog().with(table.withColumn(column)),
                add(table, clause, subject.underSearchPath(List.of(add))))
                .withNote(rowShape(table));
    }

    private static Sequence filled(Subject subject, Relation table, ColumnClause clause) {
        UserTriggers.requireHarmless(subject, table, false);
        String alter = "ALTER TABLE " + table.name().quoted() + " ";
        String expression = clause.defaultText().orElseThrow();
        if (subject.text().usesForeignOperators()) {
            throw new RefusedStatement("operator-outside-pg-catalog",
                    "the default of " + clause.name() + " uses an operator symbol that an extension defines too",
                    "What it means would depend on the search path of the backfill.",
                    "Write it as OPERATOR(schema.symbol).");
        }
        Catalog after = subject.catalog()
                .with(table.withColumn(clause.column().filledFrom(Stage.MIGRATE)));
        List<Draft> drafts = new ArrayList<>();
        // Two commands, one transaction: the default counts for rows to come, so nothing is rewritten.
        drafts.add(add(table, clause, List.of(alter + "ADD COLUMN " + clause.declaration(),
                alter + "ALTER COLUMN " + quote(clause.name()) + " SET DEFAULT " + expression)));
        drafts.add(Draft.of(Stage.MIGRATE, "backfill-" + table.name().name() + "-" + clause.name(),
                "Fill " + clause.name() + " of the old rows of " + table.name(),
                new Action.Backfill(table.name(),
                        List.of(new Action.Backfill.Assignment(clause.name(), expression)),
                        quote(clause.name()) + " IS NULL"),
                Draft.lock(table.name(), LockMode.ROW_EXCLUSIVE))
                .undoneByNothing("the column itself is dropped"));
        if (clause.notNull()) {
            drafts.addAll(NotNullProof.of(subject, table, clause.name(), Optional.empty()).establish(Stage.MIGRATE));
        }
        return new Sequence(drafts, List.of(), List.of(new Tolerance(Tolerance.Side.NEW_WRITERS,
                "must not write NULL into " + table.name() + "." + clause.name() + " before `migrated`"),
                new Tolerance(Tolerance.Side.NEW_READERS,
                        "meet NULL in " + table.name() + "." + clause.name() + " before `migrated`")),
                List.of(rowShape(table)), after);
    }

    static Draft add(Relation table, ColumnClause clause, List<String> statements) {
        return Draft.ddl(Stage.EXPAND, "add-column-" + table.name().name() + "-" + clause.name(),
                "Add column " + clause.name() + " to " + table.name(), statements,
                // ACCESS EXCLUSIVE for a catalog update: no row is touched.
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneWithLossBy("what was written into the column is lost",
                        "ALTER TABLE " + table.name().quoted() + " DROP COLUMN " + quote(clause.name()))
                .validatedBy(Probe.columnExists(table.name(), clause.name()));
    }

    private static Sequence withConstraints(Subject subject, Relation table, ColumnClause clause, Sequence sequence) {
        Sequence all = sequence;
        for (SyntaxNode constraint : clause.constraints()) {
            Subject next = subject.with(all.after());
            Relation current = all.after().relation(table.name()).orElseThrow();
            all = all.then(switch (constraint.string("contype")) {
                case "CONSTR_CHECK" -> AddCheck.add(next, current, constraint);
                case "CONSTR_FOREIGN" -> AddForeignKey.add(next, current, constraint, List.of(clause.name()));
                case "CONSTR_UNIQUE" -> AddUnique.add(next, current, constraint, List.of(clause.name()),
                        Constraint.Type.UNIQUE);
                case "CONSTR_PRIMARY" -> AddPrimaryKey.add(next, current, constraint, List.of(clause.name()));
                default -> throw new RefusedStatement("unsupported-statement",
                        "column " + clause.name() + " of " + table.name() + " has a clause that is not supported",
                        "", "Use NOT NULL, DEFAULT, CHECK, UNIQUE, REFERENCES and COLLATE.");
            });
        }
        return all;
    }

    private static Sequence skip(Subject subject, Relation table, ColumnClause clause, Column existing) {
        if (!existing.type().sql().equals(clause.type().sql())) {
            throw new RefusedStatement("exists-differently",
                    "column " + table.name() + "." + clause.name() + " exists as " + existing.type().sql()
                            + ", not as " + clause.type().sql(),
                    "IF NOT EXISTS would take it as done.", "Say which of them is meant.");
        }
        return Sequence.nothing(subject.catalog(), "column " + table.name() + "." + clause.name()
                + " is there already");
    }

    static String rowShape(Relation table) {
        return "the row shape of " + table.name() + " changes: prepared statements with SELECT * or RETURNING * on it "
                + "fail once with 0A000 and must be prepared again";
    }

    static void refuseDomain(Catalog catalog, String what, RelationName type) {
        Type found = catalog.types().get(type);
        if (found != null && found.constrained()) {
            throw new RefusedStatement("domain-type", what + " has a domain with a CHECK, NOT NULL or default as its type",
                    "A domain's constraints are checked for every row under ACCESS EXCLUSIVE.",
                    "Use the domain's base type and put the CHECK on the column.");
        }
    }
}
