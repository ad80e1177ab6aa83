package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.Token;

/**
 * SET STATISTICS, n_distinct, STORAGE and COMPRESSION: catalog updates for values to come. Statistics and options take
 * SHARE UPDATE EXCLUSIVE, which hinders neither readers nor writers; storage and compression ACCESS EXCLUSIVE.
 */
final class ColumnSettings implements Rewrite {

    /** Types whose values are stored MAIN by default; others that can be compressed are EXTENDED. */
    private static final Set<String> MAIN = Set.of("numeric", "inet", "cidr");

    @Override
    public Set<String> takes() {
        return Set.of("AT_SetStatistics", "AT_SetStorage", "AT_SetCompression", "AT_SetOptions", "AT_ResetOptions");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.table();
        Column column = subject.settled(table, subject.node().string("name"));
        String setting = setting(subject);
        List<String> settings = new ArrayList<>(column.settings());
        settings.add(setting);
        Relation changed = table.changeColumn(column.name(), c -> c.withSettings(settings));
        if (table.created()) {
            return Sequence.of(subject.catalog().with(changed), FreshTable.asWritten(subject, table));
        }
        String alter = "ALTER TABLE " + table.name().quoted() + " ALTER COLUMN " + quote(column.name()) + " ";
        boolean strong = Set.of("AT_SetStorage", "AT_SetCompression").contains(subject.node().string("subtype"));
        return Sequence.of(subject.catalog().with(changed), Draft.ddl(
                Stage.latest(Stage.EXPAND, column.filled().orElse(Stage.EXPAND)),
                "settings-" + table.name().name() + "-" + column.name(),
                "Change how " + table.name() + "." + column.name() + " is stored or counted", List.of(alter + setting),
                Draft.lock(table.name(), strong ? LockMode.ACCESS_EXCLUSIVE : LockMode.SHARE_UPDATE_EXCLUSIVE))
                .undoneBy(undo(subject, column).stream().map(sql -> alter + sql).toArray(String[]::new)));
    }

    /** The clause behind the column's name. */
    private static String setting(Subject subject) {
        List<Token> tokens = subject.text().tokens().list();
        int index = subject.clause().from() + 1;
        while (!tokens.get(index).word("SET") && !tokens.get(index).word("RESET")) {
            index++;
        }
        return subject.text().slice(tokens.get(index).start(), subject.clause().end());
    }

    private static List<String> undo(Subject subject, Column column) {
        List<String> statements = new ArrayList<>();
        switch (subject.node().string("subtype")) {
            case "AT_SetStatistics" -> statements.add("SET STATISTICS -1");
            case "AT_SetStorage" -> statements.add("SET STORAGE "
                    + (MAIN.contains(column.type().base().name()) ? "MAIN" : "EXTENDED"));
            case "AT_SetCompression" -> statements.add("SET COMPRESSION DEFAULT");
            default -> statements.add("RESET (n_distinct, n_distinct_inherited)");
        }
        String kind = statements.get(0).split(" ")[1];
        // What had been set before, in its order.
        column.settings().stream()
                .filter(old -> kind.startsWith("(") ? old.contains("(") : old.startsWith("SET " + kind))
                .forEach(statements::add);
        return statements;
    }
}
