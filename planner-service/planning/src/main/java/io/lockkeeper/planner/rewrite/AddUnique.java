package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ADD UNIQUE by CREATE UNIQUE INDEX CONCURRENTLY and USING INDEX; as written it builds the index under ACCESS EXCLUSIVE.
 * The index rejects duplicates long before it is valid, so it waits for old writers to be gone.
 */
final class AddUnique implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AddConstraint CONSTR_UNIQUE");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode definition = subject.node().get("def");
        Relation table = subject.tree();
        return definition.has("indexname")
                ? KeyUsingIndex.add(subject, table, definition, Constraint.Type.UNIQUE)
                : add(subject, table, definition, definition.strings("keys"), Constraint.Type.UNIQUE);
    }

    /** Also for a primary key whose columns are NOT NULL, and for UNIQUE behind a column. */
    static Sequence add(Subject subject, Relation table, SyntaxNode definition, List<String> columns,
            Constraint.Type type) {
        if (table.kind() == Relation.Kind.PARTITIONED_TABLE && !table.created()) {
            throw new RefusedStatement("partitioned-table", table.name() + " is partitioned",
                    "A key would build an index on every partition under ACCESS EXCLUSIVE.",
                    "Write CREATE UNIQUE INDEX: it is built partition by partition beside the traffic.");
        }
        if (definition.flag("without_overlaps") || definition.has("indexspace") || definition.has("options")) {
            throw new RefusedStatement("unsupported-statement",
                    "a key with options, a tablespace or WITHOUT OVERLAPS is not supported", "",
                    "Write ADD " + words(type) + " (columns); or build the index as you want it, then ADD "
                            + words(type)
                            + " USING INDEX.");
        }
        List<Stage> stages = new ArrayList<>(List.of(table.created() ? Stage.EXPAND : subject.release().tighten()));
        for (String column : columns) {
            subject.settled(table, column).filled().ifPresent(stages::add);
        }
        List<String> including = definition.strings("including");
        including.forEach(column -> subject.settled(table, column).filled().ifPresent(stages::add));
        Stage stage = Stage.latest(stages.toArray(Stage[]::new));
        String name = name(subject, table, definition, columns, type);
        RelationName index = RelationName.of(table.name().schema(), name);
        String body = "(" + list(columns) + ")" + (including.isEmpty() ? "" : " INCLUDE (" + list(including) + ")")
                + (definition.flag("nulls_not_distinct") ? " NULLS NOT DISTINCT" : "");
        List<String> mentions = new ArrayList<>(columns);
        mentions.addAll(including);
        Constraint constraint = new Constraint(name, type, columns,
                words(type) + " " + body + deferrable(definition), true, Optional.of(name), Optional.empty(), List.of(),
                Optional.of(stage));
        Relation changed = table.withConstraint(constraint).withIndex(new Index(name,
                "CREATE UNIQUE INDEX " + quote(name) + " ON " + table.name().quoted() + " USING btree " + body,
                columns, mentions, true, true, Optional.of(name), false, false, false, false, Optional.empty(),
                Optional.of(stage)));
        if (table.created()) {
            String nulls = definition.flag("nulls_not_distinct") ? "NULLS NOT DISTINCT " : "";
            String plainBody = body.replace(" NULLS NOT DISTINCT", "");
            return Sequence.of(subject.catalog().with(changed),
                    FreshTable.ddl(subject, table, "ALTER TABLE " + table.name().quoted() + " ADD CONSTRAINT "
                            + quote(name) + " " + words(type) + " " + nulls + plainBody + deferrable(definition)));
        }
        CreateIndex.requireSoundServer(subject.catalog());
        return Sequence.of(subject.catalog().with(changed),
                Draft.of(stage, "create-unique-index-" + name,
                        "Build the unique index " + index + " beside the traffic",
                        new Action.CreateIndex(table.name(), index,
                                "CREATE UNIQUE INDEX CONCURRENTLY " + quote(name) + " ON " + table.name().quoted()
                                        + " " + body),
                        Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                        .undone(true, "", new Action.DropIndex(table.name(), index))
                        .validatedBy(Probe.indexValid(index)),
                KeyUsingIndex.use(stage, table, type, name, name, definition)
                        .undoneBy("ALTER TABLE " + table.name().quoted() + " DROP CONSTRAINT " + quote(name)))
                .withTolerance(Tolerance.Side.NEW_WRITERS,
                        "must not write duplicates of (" + String.join(", ", columns) + ") into " + table.name());
    }

    static String words(Constraint.Type type) {
        return type == Constraint.Type.PRIMARY_KEY ? "PRIMARY KEY" : "UNIQUE";
    }

    static String deferrable(SyntaxNode definition) {
        return definition.flag("deferrable")
                ? definition.flag("initdeferred") ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE"
                : "";
    }

    private static String name(Subject subject, Relation table, SyntaxNode definition, List<String> columns,
            Constraint.Type type) {
        String wanted = definition.string("conname");
        if (wanted.isEmpty()) {
            return subject.catalog().freeName(table.name().schema(),
                    type == Constraint.Type.PRIMARY_KEY
                            ? GeneratedName.conventional(table.name().name(), "", "pkey")
                            : GeneratedName.conventional(table.name().name(), String.join("_", columns), "key"),
                    candidate -> table.constraint(candidate).isPresent());
        }
        if (table.constraint(wanted).isPresent()
                || subject.catalog().taken(RelationName.of(table.name().schema(), wanted))) {
            throw new RefusedStatement("already-exists",
                    "the name " + wanted + " is in use in schema " + table.name().schema(), "",
                    "Choose another name.");
        }
        return wanted;
    }

    static String list(List<String> columns) {
        return columns.stream().map(Identifier::quote).collect(Collectors.joining(", "));
    }
}
