package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** SET DEFAULT and DROP DEFAULT: catalog updates, for rows to come alone. */
final class ColumnDefault implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_ColumnDefault");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.tree();
        Column column = subject.settled(table, subject.node().string("name"));
        if (column.generation() != Column.Generation.NONE) {
            throw new RefusedStatement("generated-column",
                    "column " + table.name() + "." + column.name() + " is generated and can have no default", "", "");
        }
        boolean set = subject.node().has("def");
        Optional<String> expression = set ? Optional.of(expression(subject)) : Optional.empty();
        // What waits for the old version, or for the column that takes its place, comes after what it follows in the file.
        Stage earliest = column.defaultSince().orElse(Stage.EXPAND);
        Stage stage = set ? earliest : dropped(subject, column, earliest);
        Catalog after = subject.catalog().with(table.changeColumn(column.name(), c -> c.withDefault(expression)
                .withDefaultSince(stage)));
        if (table.created()) {
            return Sequence.of(after, FreshTable.asWritten(subject, table));
        }
        String alter = "ALTER TABLE " + table.name().quoted() + " ALTER COLUMN " + quote(column.name());
        String undo = alter + column.defaultExpression().map(old -> " SET DEFAULT " + old).orElse(" DROP DEFAULT");
        String place = table.name().name() + "-" + column.name();
        if (set) {
            Sequence sequence = Sequence.of(after, Draft.ddl(stage, "set-default-" + place,
                    "Set the default of " + table.name() + "." + column.name(),
                    subject.underSearchPath(List.of(alter + " SET DEFAULT " + expression.orElseThrow())),
                    Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE)).undoneBy(undo));
            return stage == Stage.EXPAND
                    ? sequence
                    : sequence.withTolerance(Tolerance.Side.NEW_WRITERS, "do not rely on the new default of "
                            + table.name() + "." + column.name() + ", which comes "
                            + stage.gate().map(gate -> "behind the gate " + gate.wireName()).orElse("in migrate"));
        }
        return Sequence.of(after, Draft.ddl(stage, "drop-default-" + place,
                "Drop the default of " + table.name() + "." + column.name(), List.of(alter + " DROP DEFAULT"),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE)).undoneBy(undo));
    }

    /** An INSERT of the old version that leaves the column out relies on the default. */
    private static Stage dropped(Subject subject, Column column, Stage earliest) {
        return Stage.latest(subject.release().tighten(), column.filled().orElse(Stage.EXPAND), earliest);
    }

    private static String expression(Subject subject) {
        var tokens = subject.text().tokens();
        int keyword = tokens.find("DEFAULT", subject.clause().from()).orElseThrow();
        return subject.text().slice(tokens.list().get(keyword).end(), subject.clause().end());
    }
}
