package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** COMMENT ON a table or a column: SHARE UPDATE EXCLUSIVE, which hinders neither readers nor writers. */
final class CommentOn implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("CommentStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        List<String> parts = node.get("object").strings("items");
        Optional<String> text = Optional.of(node.string("comment")).filter(comment -> !comment.isEmpty());
        return switch (node.string("objtype")) {
            case "OBJECT_TABLE" -> onTable(subject, Subject.name(parts), text);
            case "OBJECT_COLUMN" -> onColumn(subject, Subject.name(parts.subList(0, parts.size() - 1)),
                    parts.get(parts.size() - 1), text);
            default -> throw new RefusedStatement("unsupported-statement",
                    "COMMENT ON " + node.string("objtype").replace("OBJECT_", "") + " is not supported", "",
                    "Only tables and columns can be commented on.");
        };
    }

    private static Sequence onTable(Subject subject, RelationName name, Optional<String> text) {
        Relation table = subject.table(name);
        return comment(subject.catalog().with(table.withComment(text)), table, "TABLE " + name.quoted(), name.name(),
                text, table.comment());
    }

    private static Sequence onColumn(Subject subject, RelationName name, String columnName, Optional<String> text) {
        Relation table = subject.table(name);
        Column column = subject.column(table, columnName);
        return comment(subject.catalog().with(table.changeColumn(columnName, c -> c.withComment(text))), table,
                "COLUMN " + name.quoted() + "." + quote(columnName), name.name() + "-" + columnName, text,
                column.comment());
    }

    private static Sequence comment(Catalog after, Relation table, String object, String slug,
            Optional<String> text, Optional<String> before) {
        return Sequence.of(after, Draft.ddl(Stage.EXPAND, "comment-" + slug, "Comment on " + slug.replace('-', '.'),
                List.of(sql(object, text)), Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                .undoneBy(sql(object, before)));
    }

    static String sql(String object, Optional<String> text) {
        return "COMMENT ON " + object + " IS " + text.map(Identifier::literal).orElse("NULL");
    }
}
