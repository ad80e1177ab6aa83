package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** DROP VIEW and DROP MATERIALIZED VIEW in two locks: its name is taken away, which can be given back; then it goes. */
final class DropView implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("DropStmt OBJECT_VIEW", "DropStmt OBJECT_MATVIEW");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        subject.refuseCascade(subject.node());
        Sequence sequence = new Sequence(List.of(), List.of(), List.of(), List.of(), subject.catalog());
        for (SyntaxNode name : subject.node().list("objects")) {
            sequence = sequence.then(drop(subject.with(sequence.after()), Subject.name(name.strings("items"))));
        }
        return sequence;
    }

    private static Sequence drop(Subject subject, RelationName name) {
        if (subject.catalog().relation(name).isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "view " + name + " is not there");
        }
        Relation view = subject.of(name, subject.node().string("removeType").equals("OBJECT_VIEW")
                ? Relation.Kind.VIEW
                : Relation.Kind.MATERIALIZED_VIEW);
        refuseNeeded(view);
        Catalog after = subject.catalog().without(name);
        for (Index index : view.indexes()) {
            after = after.withTakenName(RelationName.of(name.schema(), index.name()));
        }
        RelationName away = RelationName.of(name.schema(),
                GeneratedName.of(name.name(), subject.release().name(), name, "quarantine"));
        String kind = view.kind() == Relation.Kind.VIEW ? "VIEW " : "MATERIALIZED VIEW ";
        Sequence sequence = Sequence.of(after.withoutDependent("view " + name),
                Draft.ddl(Stage.QUARANTINE, "quarantine-" + name.name(), "Take the name of view " + name
                        + " away, reversibly",
                        List.of("ALTER " + kind + name.quoted() + " RENAME TO " + quote(away.name())),
                        Draft.lock(name, LockMode.ACCESS_EXCLUSIVE))
                        .undoneBy("ALTER " + kind + away.quoted() + " RENAME TO " + quote(name.name()))
                        .validatedBy(Probe.relationAbsent(name)),
                Draft.ddl(Stage.DROP, "drop-view-" + name.name(), "Drop view " + away,
                        List.of("DROP " + kind + away.quoted()), Draft.lock(away, LockMode.ACCESS_EXCLUSIVE))
                        .validatedBy(Probe.relationAbsent(away)))
                .withTolerance(Tolerance.Side.OLD_VERSION, "reads view " + name + " as before");
        return RoutineMentions.note(sequence, subject, name);
    }

    private static void refuseNeeded(Relation view) {
        if (view.created()) {
            throw new RefusedStatement("table-in-change", view.name() + " is created by this very release", "",
                    "Leave out both statements.");
        }
        List<String> needing = new ArrayList<>(view.dependents().stream().map(Dependent::description).toList());
        view.columns().forEach(column -> column.dependents().forEach(d -> needing.add(d.description())));
        if (!needing.isEmpty()) {
            throw new RefusedStatement("table-has-dependents",
                    "view " + view.name() + " is needed by "
                            + needing.stream().distinct().collect(Collectors.joining(", ")),
                    "PostgreSQL would refuse, or CASCADE would drop them.", "Drop them first.");
        }
    }
}
