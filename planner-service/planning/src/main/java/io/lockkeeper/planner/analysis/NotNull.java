package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;

/**
 * SET and DROP NOT NULL. Setting it looks at every row under ACCESS EXCLUSIVE, unless a validated CHECK proves that none is
 * NULL (12 and later).
 */
final class NotNull implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("AT_SetNotNull", "AT_DropNotNull");
    }

    @Override
    public void tell(Written written, Effects effects) {
        List<Relation> targets = written.targets(effects);
        String name = written.node().string("name");
        if (written.node().string("subtype").equals("AT_SetNotNull")) {
            effects.deploy(DeploymentClass.CONTRACT);
            set(name, false, targets, effects);
        } else {
            drop(name, targets, effects);
        }
    }

    static void set(String name, boolean later, List<Relation> targets, Effects effects) {
        Relation root = targets.get(0);
        effects.lock(root, LockMode.ACCESS_EXCLUSIVE);
        if (root.column(name).filter(Column::notNull).isPresent()) {
            return;
        }
        for (Relation target : targets) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            boolean holds = target.column(name).filter(Column::notNull).isPresent();
            if (!later && !holds && !proven(target, name)) {
                effects.scan(target);
                if (effects.inUse(target.name())) {
                    effects.find(Rule.SET_NOT_NULL,
                            "every row of " + target.name() + " is looked at for NULL in " + name);
                }
            }
            effects.fold(target.changeColumn(name, column -> column.withNotNull(true)));
        }
    }

    private static void drop(String name, List<Relation> targets, Effects effects) {
        Relation root = targets.get(0);
        effects.lock(root, LockMode.ACCESS_EXCLUSIVE);
        effects.deploy(DeploymentClass.EXPAND);
        boolean already = root.column(name).filter(column -> !column.notNull()).isPresent();
        // From 18 on the server sees first that there is nothing to drop.
        if (already && effects.before().serverVersion() >= 180000) {
            return;
        }
        for (Relation target : targets) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            effects.fold(target.changeColumn(name, column -> column.withNotNull(false)));
        }
        if (!already && effects.inUse(root.name())) {
            effects.find(Rule.DROP_NOT_NULL, "column " + root.name() + "." + name + " may be NULL from now on");
        }
    }

    private static boolean proven(Relation table, String column) {
        return table.constraints().stream().anyMatch(check -> check.type() == Constraint.Type.CHECK
                && check.validated() && check.columns().equals(List.of(column))
                && check.definition().matches("CHECK \\(\\(\"?\\Q" + column + "\\E\"? IS NOT NULL\\)\\)"));
    }

    /** The definition of a CHECK as the server would print it, where it is a proof; something else where it is not. */
    static String proof(SyntaxNode expression) {
        boolean plain = expression.is("NullTest") && expression.string("nulltesttype").equals("IS_NOT_NULL")
                && expression.get("arg").is("ColumnRef") && expression.get("arg").strings("fields").size() == 1;
        return plain ? "CHECK ((" + expression.get("arg").strings("fields").get(0) + " IS NOT NULL))" : "CHECK (…)";
    }
}
