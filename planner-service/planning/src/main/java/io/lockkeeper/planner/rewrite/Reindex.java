package io.lockkeeper.planner.rewrite;

import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** REINDEX as REINDEX CONCURRENTLY; as written it closes the table to writers, and the index to readers, for the build. */
final class Reindex implements Rewrite {

    private static final Set<String> PARAMETERS = Set.of("concurrently", "verbose");

    @Override
    public Set<String> takes() {
        return Set.of("ReindexStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        CreateIndex.requireSoundServer(subject.catalog());
        boolean known = node.list("params").stream().allMatch(option -> PARAMETERS.contains(option.string("defname")));
        if (!known) {
            throw new RefusedStatement("unsupported-statement", "REINDEX with options is not supported",
                    "TABLESPACE moves the index's files.", "Write REINDEX INDEX name or REINDEX TABLE name.");
        }
        RelationName name = node.has("relation") ? Subject.name(node.get("relation")) : null;
        return switch (node.string("kind")) {
            case "REINDEX_OBJECT_TABLE" -> again(subject, subject.of(name, Relation.Kind.TABLE,
                    Relation.Kind.MATERIALIZED_VIEW), Optional.empty());
            case "REINDEX_OBJECT_INDEX" -> again(subject, subject.of(
                    subject.catalog().tableOfIndex(name).orElseThrow(() -> new RefusedStatement("no-such-index",
                            "index " + name + " does not exist", "", "Check the name and its schema.")).name(),
                    Relation.Kind.TABLE, Relation.Kind.MATERIALIZED_VIEW), Optional.of(name));
            default -> throw new RefusedStatement("unsupported-statement",
                    "REINDEX of a schema, a database or the system catalogs is not supported",
                    "It goes through tables that the release does not name.",
                    "Write one REINDEX TABLE for each table.");
        };
    }

    private static Sequence again(Subject subject, Relation table, Optional<RelationName> index) {
        String slug = index.orElse(table.name()).name();
        boolean excludes = table.indexes().stream()
                .filter(own -> index.isEmpty() || own.name().equals(index.get().name()))
                .anyMatch(own -> own.constraint().flatMap(table::constraint)
                        .filter(constraint -> constraint.type() == Constraint.Type.EXCLUDE).isPresent());
        if (excludes && index.isPresent()) {
            throw new RefusedStatement("unsupported-statement",
                    "index " + index.get() + " backs an EXCLUDE constraint, which CONCURRENTLY cannot build",
                    "REINDEX would build it under ACCESS EXCLUSIVE.", "Do it in a maintenance window.");
        }
        if (table.created()) {
            return Sequence.nothing(subject.catalog(), "the indexes of " + table.name() + " are new");
        }
        return Sequence.of(subject.catalog(), Draft.of(Stage.MIGRATE, "reindex-" + slug,
                "Build " + (index.isPresent() ? "index " + index.get() : "the indexes of " + table.name())
                        + " again beside the traffic",
                new Action.Reindex(table.name(), index),
                Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                .undoneByNothing("the index holds the same rows")
                .validatedBy(Probe.noInvalidIndex(table.name())));
    }
}
