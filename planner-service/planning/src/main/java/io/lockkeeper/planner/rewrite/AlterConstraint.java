package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ALTER CONSTRAINT of a foreign key: when it is checked, a catalog update under ACCESS EXCLUSIVE on the table that has it. What
 * could wait until the end of a transaction and no longer may, waits for the old version to be gone.
 */
final class AlterConstraint implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AlterConstraint");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.table();
        SyntaxNode definition = subject.node().get("def");
        String name = definition.string("conname");
        Constraint key = table.constraint(name).orElseThrow(() -> new RefusedStatement("no-such-constraint",
                "constraint " + name + " of " + table.name() + " does not exist", "", "Check the name."));
        boolean other = definition.flag("alterEnforceability") || definition.flag("alterInheritability");
        if (other || key.type() != Constraint.Type.FOREIGN_KEY) {
            throw new RefusedStatement("unsupported-statement",
                    "only whether foreign key constraints are DEFERRABLE can be altered, not constraint " + name + " of "
                            + table.name(),
                    "Enforcing a constraint again scans the table under ACCESS EXCLUSIVE.",
                    "Drop the constraint, and add it as you want it: it is then proven beside the traffic.");
        }
        String plain = key.definition().replaceFirst("( NOT)? DEFERRABLE( INITIALLY (DEFERRED|IMMEDIATE))?", "");
        boolean valid = !plain.endsWith(" NOT VALID");
        Constraint changed = key.defined(plain.replaceFirst(" NOT VALID$", "") + AddUnique.deferrable(definition)
                + (valid ? "" : " NOT VALID"));
        Relation after = table.withConstraints(
                table.constraints().stream().map(c -> c.equals(key) ? changed : c).toList());
        if (table.created()) {
            return Sequence.of(subject.catalog().with(after), FreshTable.asWritten(subject, table));
        }
        boolean stricter = key.deferrable()
                && (!changed.deferrable() || key.definition().contains("DEFERRED") && !changed.definition()
                        .contains("DEFERRED"));
        Stage stage = Stage.latest(stricter ? subject.release().tighten() : Stage.EXPAND,
                key.since().orElse(Stage.EXPAND));
        return Sequence.of(subject.catalog().with(after), Draft.ddl(stage,
                "alter-constraint-" + table.name().name() + "-" + name,
                "Change when " + name + " of " + table.name() + " is checked", List.of(sql(table, changed)),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(sql(table, key))
                .validatedBy(Probe.constraintExists(table.name(), name)));
    }

    private static String sql(Relation table, Constraint key) {
        String when = !key.deferrable()
                ? " NOT DEFERRABLE"
                : key.definition().contains("INITIALLY DEFERRED")
                        ? " DEFERRABLE INITIALLY DEFERRED"
                        : " DEFERRABLE INITIALLY IMMEDIATE";
        return "ALTER TABLE " + table.name().quoted() + " ALTER CONSTRAINT " + quote(key.name()) + when;
    }
}
