package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * RENAME of a sequence. Defaults and identity columns follow by themselves; whoever says its name fails, and no view can stand
 * in for a sequence. So the sequence of a serial or identity column is renamed when the old version is gone, and the new one
 * leaves the numbering to the column; one that belongs to no column is there to be named, and is not renamed.
 */
final class RenameSequence implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("RenameStmt OBJECT_SEQUENCE");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        RelationName from = Subject.name(subject.node().get("relation"));
        if (subject.catalog().relation(from).isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "sequence " + from + " is not there");
        }
        Relation sequence = subject.of(from, Relation.Kind.SEQUENCE);
        RelationName to = RelationName.of(from.schema(), subject.node().string("newname"));
        if (subject.catalog().taken(to)) {
            throw new RefusedStatement("already-exists", "the name " + to + " is in use", "", "Choose another name.");
        }
        Optional<Relation> owner = subject.catalog().relations().values().stream()
                .filter(relation -> column(relation, from).isPresent()).findFirst();
        if (owner.isEmpty() && !sequence.created()) {
            throw new RefusedStatement("sequence-rename", "sequence " + from + " belongs to no column",
                    "Whoever calls nextval by its name fails at once.",
                    "Create a sequence under the new name that begins where no number is in use, let the application move"
                            + " over, and drop the old one by hand.");
        }
        Catalog after = subject.catalog().without(from).with(sequence.withName(to));
        if (owner.isPresent()) {
            Column column = subject.column(owner.get(), column(owner.get(), from).orElseThrow().name());
            after = after.with(owner.get().changeColumn(column.name(),
                    c -> c.owning(Optional.of(to)).inChange("its sequence " + from + " is renamed")));
        }
        Stage stage = sequence.created() ? Stage.EXPAND : subject.release().tighten();
        Sequence planned = Sequence.of(after, Draft.ddl(stage, "rename-sequence-" + from.name(),
                "Rename sequence " + from + " to " + to.name(),
                List.of("ALTER SEQUENCE " + from.quoted() + " RENAME TO " + quote(to.name())),
                Draft.lock(from, LockMode.ACCESS_EXCLUSIVE))
                .undoneBy("ALTER SEQUENCE " + to.quoted() + " RENAME TO " + quote(from.name()))
                .validatedBy(Probe.relationExists(to)));
        if (sequence.created()) {
            return planned;
        }
        Sequence told = planned.withTolerance(Tolerance.Side.NEW_WRITERS, "leave the numbers of "
                + owner.orElseThrow().name() + " to its column: sequence " + from + " gets the name " + to.name());
        return RoutineMentions.note(told, subject, from);
    }

    private static Optional<Column> column(Relation relation, RelationName sequence) {
        return relation.columns().stream()
                .filter(column -> column.ownedSequence().filter(sequence::equals).isPresent()).findFirst();
    }
}
