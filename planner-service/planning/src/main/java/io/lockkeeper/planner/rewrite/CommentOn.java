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
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** COMMENT ON tables, columns, indexes, views and sequences: SHARE UPDATE EXCLUSIVE, which hinders neither readers nor writers. */
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
            case "OBJECT_COLUMN" -> onColumn(subject, parts, text);
            case "OBJECT_INDEX" -> onIndex(subject, Subject.name(parts), text);
            case "OBJECT_VIEW" -> onRelation(subject, "VIEW", Relation.Kind.VIEW, Subject.name(parts), text);
            case "OBJECT_MATVIEW" -> onRelation(subject, "MATERIALIZED VIEW", Relation.Kind.MATERIALIZED_VIEW,
                    Subject.name(parts), text);
            case "OBJECT_SEQUENCE" ->
                onRelation(subject, "SEQUENCE", Relation.Kind.SEQUENCE, Subject.name(parts), text);
            default -> throw new RefusedStatement("unsupported-statement",
                    "COMMENT ON " + node.string("objtype").replace("OBJECT_", "") + " is not supported", "",
                    "Tables, columns, indexes, views and sequences can be commented on.");
        };
    }

    private static Sequence onTable(Subject subject, RelationName name, Optional<String> text) {
        Relation table = subject.of(name, Relation.Kind.TABLE, Relation.Kind.PARTITIONED_TABLE);
        return comment(subject.catalog().with(table.withComment(text)), table, Stage.EXPAND, "TABLE " + name.quoted(),
                name.name(),
                text, table.comment());
    }

    private static Sequence onRelation(Subject subject, String object, Relation.Kind kind, RelationName name,
            Optional<String> text) {
        Relation relation = subject.of(name, kind);
        return comment(subject.catalog().with(relation.withComment(text)), relation, Stage.EXPAND,
                object + " " + name.quoted(),
                name.name(), text, relation.comment());
    }

    private static Sequence onIndex(Subject subject, RelationName name, Optional<String> text) {
        Relation table = subject.catalog().tableOfIndex(name).orElseThrow(() -> new RefusedStatement("no-such-index",
                "index " + name + " does not exist", "", "Check the name and its schema."));
        Index index = table.index(name.name()).orElseThrow();
        return Sequence.of(subject.catalog(), Draft.ddl(
                index.since().orElse(Stage.EXPAND), "comment-" + name.name(), "Comment on " + name,
                List.of(sql("INDEX " + name.quoted(), text)), Draft.lock(name, LockMode.SHARE_UPDATE_EXCLUSIVE))
                .undoneBy(sql("INDEX " + name.quoted(), index.comment())));
    }

    private static Sequence onColumn(Subject subject, List<String> parts, Optional<String> text) {
        String columnName = parts.get(parts.size() - 1);
        if (parts.size() < 2) {
            throw new RefusedStatement("no-such-column", "column " + columnName + " is named without its table", "",
                    "Write table.column.");
        }
        RelationName name = Subject.name(parts.subList(0, parts.size() - 1));
        Relation table = subject.of(name, Relation.Kind.TABLE, Relation.Kind.PARTITIONED_TABLE, Relation.Kind.VIEW,
                Relation.Kind.MATERIALIZED_VIEW);
        Column column = subject.settled(table, columnName);
        return comment(subject.catalog().with(table.changeColumn(columnName, c -> c.withComment(text))), table,
                column.shaped(), "COLUMN " + name.quoted() + "." + quote(columnName),
                name.name() + "-" + columnName, text, column.comment());
    }

    private static Sequence comment(Catalog after, Relation table, Stage stage, String object, String slug,
            Optional<String> text, Optional<String> before) {
        return Sequence.of(after, Draft.ddl(stage, "comment-" + slug, "Comment on " + slug.replace('-', '.'),
                List.of(sql(object, text)), Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                .undoneBy(sql(object, before)));
    }

    static String sql(String object, Optional<String> text) {
        return "COMMENT ON " + object + " IS " + text.map(Identifier::literal).orElse("NULL");
    }
}
