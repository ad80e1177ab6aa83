package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/** ADD CHECK as NOT VALID, then VALIDATE; as written it scans the table under ACCESS EXCLUSIVE. */
final class AddCheck implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AddConstraint CONSTR_CHECK");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.tree();
        SyntaxNode definition = subject.node().get("def");
        if (table.created()) {
            Constraint check = constraint(subject, table, definition, Stage.EXPAND);
            return Sequence.of(subject.catalog().with(table.withConstraint(check)),
                    FreshTable.asWritten(subject, table));
        }
        return add(subject, table, definition);
    }

    /** Also for the CHECK that stands behind a column. */
    static Sequence add(Subject subject, Relation table, SyntaxNode definition) {
        if (!definition.flag("is_enforced") && !definition.flag("initially_valid")) {
            throw new RefusedStatement("not-enforced", "NOT ENFORCED is not supported",
                    "Nobody could rely on such a constraint.", "Leave NOT ENFORCED out.");
        }
        List<Stage> stages = new ArrayList<>(List.of(subject.release().tighten()));
        for (String name : Expressions.columns(definition.get("raw_expr"))) {
            subject.settled(table, name).filled().ifPresent(stages::add);
        }
        Stage stage = Stage.latest(stages.toArray(Stage[]::new));
        Constraint check = constraint(subject, table, definition, stage);
        Catalog after = subject.catalog().with(table.withConstraint(check));
        String slug = table.name().name() + "-" + check.name();
        String noInherit = definition.flag("is_no_inherit") ? " NO INHERIT" : "";
        Draft ask = Draft.ddl(stage, "add-check-" + slug,
                "Ask " + check.name() + " of new rows of " + table.name(),
                subject.underSearchPath(List.of("ALTER TABLE " + table.name().quoted() + " ADD CONSTRAINT "
                        + quote(check.name()) + " " + check.definition() + noInherit + " NOT VALID")),
                // NOT VALID: ACCESS EXCLUSIVE for a catalog update, no scan. New rows are checked from now on.
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneBy("ALTER TABLE " + table.name().quoted() + " DROP CONSTRAINT " + quote(check.name()))
                .validatedBy(Probe.constraintExists(table.name(), check.name()));
        Sequence sequence = definition.flag("skip_validation")
                ? Sequence.of(after, ask)
                : Sequence.of(after, ask, validate(stage, table, check));
        return sequence.withTolerance(Tolerance.Side.NEW_WRITERS,
                "must write rows of " + table.name() + " that satisfy " + check.name());
    }

    static Draft validate(Stage stage, Relation table, Constraint constraint) {
        List<Step.LockClaim> locks = new ArrayList<>();
        locks.add(Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE));
        constraint.references().filter(parent -> !parent.equals(table.name()))
                .ifPresent(parent -> locks.add(Draft.lock(parent, LockMode.ROW_SHARE)));
        return Draft.of(stage, "validate-" + table.name().name() + "-" + constraint.name(),
                "Prove " + constraint.name() + " for all rows of " + table.name(),
                new Action.ValidateConstraint(table.name(), constraint.name()))
                .withLocks(locks)
                .undoneByNothing("a proof changes nothing")
                .validatedBy(Probe.constraintValid(table.name(), constraint.name()));
    }

    private static Constraint constraint(Subject subject, Relation table, SyntaxNode definition, Stage stage) {
        List<String> columns = Expressions.columns(definition.get("raw_expr"));
        columns.forEach(name -> subject.existingColumn(table, name));
        String wanted = definition.string("conname");
        if (table.constraint(wanted).isPresent()) {
            throw new RefusedStatement("already-exists",
                    "constraint " + wanted + " of " + table.name() + " exists already", "", "Choose another name.");
        }
        String name = wanted.isEmpty()
                ? subject.catalog().freeName(table.name().schema(),
                        GeneratedName.conventional(table.name().name(), columns.size() == 1 ? columns.get(0) : "",
                                "check"),
                        candidate -> table.constraint(candidate).isPresent())
                : wanted;
        return new Constraint(name, Constraint.Type.CHECK, columns, "CHECK (" + expression(subject, definition) + ")",
                !definition.flag("skip_validation"), Optional.empty(), Optional.empty(), List.of(),
                Optional.of(stage));
    }

    private static String expression(Subject subject, SyntaxNode definition) {
        Tokens tokens = subject.text().tokens();
        int keyword = tokens.indexAt(definition.location().orElseThrow());
        while (!tokens.list().get(keyword).word("CHECK") || !tokens.list().get(keyword + 1).symbol("(")) {
            keyword++;
        }
        int open = keyword + 1;
        // To its last token: a comment behind it would swallow the parenthesis.
        return subject.text().slice(tokens.list().get(open).end(),
                tokens.list().get(tokens.closing(open) - 1).end());
    }
}
