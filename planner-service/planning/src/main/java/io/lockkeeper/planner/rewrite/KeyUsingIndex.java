package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * A unique index that is there becomes a key: ACCESS EXCLUSIVE for a catalog update. It rejects nothing that it did not
 * reject before, so old writers do not notice.
 */
final class KeyUsingIndex {

    private KeyUsingIndex() {}

    static Index index(Relation table, String name) {
        return table.index(name).orElseThrow(() -> new RefusedStatement("no-such-index",
                "index " + name + " of " + table.name() + " does not exist", "", "Check the name."));
    }

    /** ADD UNIQUE or PRIMARY KEY USING INDEX as written; the columns of a primary key are NOT NULL already. */
    static Sequence add(Subject subject, Relation table, SyntaxNode definition, Constraint.Type type) {
        Index index = index(table, definition.string("indexname"));
        requireUsable(subject, table, index, type);
        String name = definition.string("conname").isEmpty() ? index.name() : definition.string("conname");
        boolean taken = !name.equals(index.name())
                && subject.catalog().taken(RelationName.of(table.name().schema(), name));
        if (table.constraint(name).isPresent() || taken) {
            throw new RefusedStatement("already-exists",
                    "the name " + name + " is in use in schema " + table.name().schema(), "", "Choose another name.");
        }
        // A primary key needs its columns' NOT NULL, which comes no earlier than this.
        List<Stage> stages = new ArrayList<>(List.of(
                type == Constraint.Type.PRIMARY_KEY ? subject.release().tighten() : Stage.EXPAND,
                index.since().orElse(Stage.EXPAND)));
        for (String key : index.keys()) {
            subject.settled(table, key).filled().ifPresent(stages::add);
        }
        Stage stage = Stage.latest(stages.toArray(Stage[]::new));
        Index used = new Index(name, index.definition(), index.keys(), index.mentions(), true, true, Optional.of(name),
                index.replicaIdentity(), index.clustered(), false, index.tablespace(), index.comment(),
                Optional.of(stage));
        Constraint constraint = new Constraint(name, type, index.keys(), definitionOf(subject, index, type)
                + AddUnique.deferrable(definition), true, Optional.of(name), Optional.empty(), List.of(),
                Optional.of(stage));
        Relation changed = table.withoutIndex(index.name()).withIndex(used).withConstraint(constraint);
        if (table.created()) {
            return Sequence.of(subject.catalog().with(changed), FreshTable.asWritten(subject, table));
        }
        return Sequence.of(subject.catalog().with(changed), use(stage, table, type, index.name(), name, definition)
                .undone(true, "", again(subject, table, index, name).toArray(Action[]::new)));
    }

    /** DROP CONSTRAINT takes the index with it: its like is built first, so that duplicates are rejected all the while. */
    private static List<Action> again(Subject subject, Relation table, Index index, String name) {
        RelationName like = RelationName.of(table.name().schema(),
                GeneratedName.of(index.name(), subject.release().name(), table.name(), "index-back"));
        List<String> statements = new ArrayList<>();
        String alter = "ALTER TABLE " + table.name().quoted() + " ";
        statements.add(alter + "DROP CONSTRAINT " + quote(name));
        statements.add("ALTER INDEX " + like.quoted() + " RENAME TO " + quote(index.name()));
        if (index.replicaIdentity()) {
            statements.add(alter + "REPLICA IDENTITY USING INDEX " + quote(index.name()));
        }
        index.comment().ifPresent(text -> statements.add(CommentOn.sql(
                "INDEX " + RelationName.of(table.name().schema(), index.name()).quoted(), Optional.of(text))));
        String key = index.keys().get(0);
        String build = new ColumnRenaming(subject.grammar(), key, key).inIndex(index.definition(), like.name());
        return List.of(new Action.CreateIndex(table.name(), like, build), new Action.Ddl(statements));
    }

    private static String definitionOf(Subject subject, Index index, Constraint.Type type) {
        SyntaxNode tree = ColumnRenaming.parse(subject.grammar(), index.definition()).tree();
        List<String> including = tree.list("indexIncludingParams").stream().map(e -> e.string("name")).toList();
        return AddUnique.words(type) + " (" + AddUnique.list(index.keys()) + ")"
                + (including.isEmpty() ? "" : " INCLUDE (" + AddUnique.list(including) + ")");
    }

    private static void requireUsable(Subject subject, Relation table, Index index, Constraint.Type type) {
        SyntaxNode tree = ColumnRenaming.parse(subject.grammar(), index.definition()).tree();
        boolean ordered = tree.list("indexParams").stream().anyMatch(element -> !element.string("ordering")
                .equals("SORTBY_DEFAULT") || !element.string("nulls_ordering").equals("SORTBY_NULLS_DEFAULT"));
        boolean nulls = type == Constraint.Type.PRIMARY_KEY && tree.flag("nulls_not_distinct");
        if (!index.unique() || !index.valid() || index.constraint().isPresent() || ordered || nulls
                || !ColumnRenaming.plain(subject.grammar(), index.definition())) {
            throw new RefusedStatement("index-unusable",
                    "index " + index.name() + " of " + table.name() + " cannot become a key",
                    "PostgreSQL would refuse: a key needs a valid unique index on plain columns in their default order,"
                            + " without a predicate, and not in use by another constraint.",
                    "Leave USING INDEX out, so that a fitting index is built beside the traffic.");
        }
    }

    /** USING INDEX: nothing is built or scanned. The index takes the constraint's name. */
    static Draft use(Stage stage, Relation table, Constraint.Type type, String index, String name,
            SyntaxNode definition) {
        String words = type == Constraint.Type.PRIMARY_KEY ? "primary-key-" : "unique-";
        return Draft.ddl(stage, "add-" + words + name, "Make the index " + index + " the constraint " + name,
                List.of("ALTER TABLE " + table.name().quoted() + " ADD CONSTRAINT " + quote(name) + " "
                        + AddUnique.words(type) + " USING INDEX " + quote(index) + AddUnique.deferrable(definition)),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .validatedBy(Probe.constraintValid(table.name(), name));
    }
}
