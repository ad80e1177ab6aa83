package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;

/** UPDATE in key ranges of the updated table, each row exactly once: so {@code SET n = n + 1} is safe too. */
final class UpdateRows implements Rewrite {

    static final String REPEATED = "update-of-growing-table";
    private static final Set<String> COUNTED = Set.of("int2", "int4", "int8");

    @Override
    public Set<String> takes() {
        return Set.of("UpdateStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        RowChange change = new RowChange(subject, "UPDATE");
        Set<String> assigned = subject.node().list("targetList").stream().map(target -> target.string("name"))
                .collect(Collectors.toCollection(TreeSet::new));
        assigned.forEach(column -> subject.column(change.target(), column));
        return change.steps(any -> batches(subject, change, assigned), note(change.target()));
    }

    private static Action.ChangeRows batches(Subject subject, RowChange change, Set<String> assigned) {
        Relation table = change.target();
        String alias = KeyRanges.alias(subject.node().get("relation"));
        change.rules().refuseSelfReading();
        change.rules().refuseWhole(subject.node(), alias);
        List<Action.ChangeRows.KeyColumn> key = change.key(table);
        key.stream().filter(column -> assigned.contains(column.column())).findFirst().ifPresent(column -> {
            throw new RefusedStatement("key-updated",
                    "UPDATE of " + table.name() + " changes " + column.column() + " of its key",
                    "Rows would move between the batches: some twice, some never.",
                    "Add a new column, fill it, and move the key over in later releases.");
        });
        refuseRepetition(subject, table, key, assigned);
        return KeyRanges.cut(subject, table.name(), alias, key, subject.text().tokens().list().size());
    }

    /** A row that comes while the step runs may be taken too: harmless unless its new value follows from its old one. */
    private static void refuseRepetition(Subject subject, Relation table, List<Action.ChangeRows.KeyColumn> key,
            Set<String> assigned) {
        boolean fromOld = subject.node().list("targetList").stream().map(target -> target.get("val"))
                .anyMatch(value -> Expressions.columns(value).stream().anyMatch(assigned::contains));
        Column first = table.column(key.get(0).column()).orElseThrow();
        boolean growing = key.size() == 1 && COUNTED.contains(first.type().base().name())
                && (first.generation().identity() || first.defaultExpression().filter(text -> text.contains("nextval("))
                        .isPresent());
        if (fromOld && !growing && !subject.allows(REPEATED, table.name().toString())) {
            throw new RefusedStatement(REPEATED,
                    "UPDATE of " + table.name()
                            + " makes a new value from the old one of the same column, and the key of"
                            + " the table does not grow",
                    "Rows that the application inserts meanwhile cannot be told from old ones by their key, and would be"
                            + " changed as well.",
                    "Write the new value into another column; or, if no row is inserted meanwhile, allow it by an"
                            + " exception " + REPEATED + " for " + table.name() + ".");
        }
    }

    private static String note(Relation table) {
        String fired = table.triggers().stream().filter(trigger -> trigger.enabled() && trigger.update())
                .map(trigger -> trigger.name()).collect(Collectors.joining(", "));
        return fired.isEmpty()
                ? ""
                : "trigger " + fired + " of " + table.name()
                        + " fires for every row of the update, as it would if it ran as written";
    }
}
