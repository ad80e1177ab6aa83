package io.lockkeeper.planner.review;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;

/**
 * Which statements of the application return other columns once a step has run: PostgreSQL refuses a prepared one of them
 * once, with {@code 0A000}. Told from the normalised texts of {@code pg_stat_statements}, by names: a table of the same
 * name in another schema counts too.
 */
final class RowShapes {

    private static final Set<String> CHANGES = Set.of("AT_AddColumn", "AT_DropColumn", "AT_AlterColumnType");

    private record Seen(String queryId, SyntaxNode tree) {}

    /** @param column empty where any row of the whole table has another shape, and nothing else does */
    private record Change(String table, String column) {}

    private final PostgresGrammar grammar;
    private final List<Seen> seen = new ArrayList<>();

    RowShapes(PostgresGrammar grammar, Surroundings surroundings) {
        this.grammar = grammar;
        for (Surroundings.SeenStatement statement : surroundings.statements()) {
            // What does not parse is a utility statement or was cut short: no prepared statement with rows.
            parse(statement.text()).forEach(tree -> seen.add(new Seen(statement.queryId(), tree)));
        }
    }

    /** Query ids, sorted. */
    List<String> changedBy(List<String> sql) {
        if (seen.isEmpty()) {
            return List.of();
        }
        List<Change> changes = sql.stream().flatMap(this::parse).flatMap(RowShapes::changes).toList();
        return seen.stream()
                .filter(statement -> changes.stream().anyMatch(change -> returns(statement.tree(), change)))
                .map(Seen::queryId).distinct().sorted().toList();
    }

    private Stream<SyntaxNode> parse(String sql) {
        return grammar.parse(sql) instanceof Parsed parsed
                ? parsed.statements().stream().map(ParsedStatement::tree)
                : Stream.empty();
    }

    private static Stream<Change> changes(SyntaxNode statement) {
        String table = statement.get("relation").string("relname");
        if (statement.is("RenameStmt") && statement.string("renameType").equals("OBJECT_COLUMN")) {
            return Stream.of(new Change(table, statement.string("subname")));
        }
        return statement.is("AlterTableStmt")
                ? statement.list("cmds").stream().filter(command -> CHANGES.contains(command.string("subtype")))
                        .map(command -> new Change(table, command.string("name")))
                : Stream.empty();
    }

    /** By {@code *}, or by the column's name in what it returns. A whole row keeps its type, whatever is in it. */
    private static boolean returns(SyntaxNode statement, Change change) {
        Set<String> names = new HashSet<>();
        statement.typedNodes().forEach(node -> {
            name(node.is("RangeVar") ? node : node.get("relation"), change, names);
        });
        if (names.isEmpty()) {
            return false;
        }
        return statement.typedNodes()
                .flatMap(
                        node -> Stream.concat(node.is("SelectStmt") ? node.list("targetList").stream() : Stream.empty(),
                                node.get("returningClause").list("exprs").stream()))
                .flatMap(SyntaxNode::typedNodes)
                .filter(node -> node.is("ColumnRef")).anyMatch(reference -> means(reference, change, names));
    }

    private static void name(SyntaxNode table, Change change, Set<String> names) {
        if (table.string("relname").equals(change.table())) {
            String alias = table.get("alias").string("aliasname");
            names.add(alias.isEmpty() ? change.table() : alias);
        }
    }

    private static boolean means(SyntaxNode reference, Change change, Set<String> names) {
        List<SyntaxNode> fields = reference.list("fields");
        SyntaxNode last = fields.get(fields.size() - 1);
        String qualifier = fields.size() > 1 ? fields.get(fields.size() - 2).string("sval") : "";
        if (!qualifier.isEmpty() && !names.contains(qualifier)) {
            return false;
        }
        return last.is("A_Star") || !change.column().isEmpty() && last.string("sval").equals(change.column());
    }
}
