package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ALTER TYPE … ADD VALUE: a catalog update in a step, and so a transaction, of its own: the value can be used only after
 * its commit. It cannot be taken away again. Old readers meet it as soon as somebody writes it.
 */
final class AlterEnum implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AlterEnumStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        RelationName name = Subject.name(node.strings("typeName"));
        Type type = Optional.ofNullable(subject.catalog().types().get(name))
                .filter(found -> found.kind() == Type.Kind.ENUM)
                .orElseThrow(() -> new RefusedStatement("no-such-type", "there is no enum " + name, "",
                        "Check the name and its schema."));
        String value = node.string("newVal");
        if (node.has("oldVal")) {
            throw new RefusedStatement("enum-value-rename",
                    "value " + node.string("oldVal") + " of enum " + name + " would be renamed",
                    "Whichever version does not know the other name fails to write it and to read it, at once.",
                    "Add the new value, let the application read both, write the new one, change the old rows by a data"
                            + " step, and leave the old value unused.");
        }
        if (type.labels().contains(value)) {
            if (node.flag("skipIfNewValExists")) {
                return Sequence.nothing(subject.catalog(), "enum " + name + " has the value " + value + " already");
            }
            throw new RefusedStatement("already-exists", "enum " + name + " has the value " + value + " already", "",
                    "Leave it out, or say IF NOT EXISTS.");
        }
        String neighbour = node.string("newValNeighbor");
        if (node.has("newValNeighbor") && !type.labels().contains(neighbour)) {
            throw new RefusedStatement("no-such-type", "enum " + name + " has no value " + neighbour, "",
                    "Check the value.");
        }
        String place = !node.has("newValNeighbor")
                ? ""
                : (node.flag("newValIsAfter") ? " AFTER " : " BEFORE ") + Identifier.literal(neighbour);
        Catalog after = subject.catalog().with(type.withLabel(value));
        return Sequence.of(after, Draft.ddl(Stage.EXPAND, "add-value-" + name.name() + "-" + value,
                "Add value " + value + " to enum " + name,
                List.of("ALTER TYPE " + name.quoted() + " ADD VALUE " + Identifier.literal(value) + place))
                // No undo: PostgreSQL cannot remove a value. One that nobody writes harms nobody.
                .undone(false, "the value stays: PostgreSQL cannot remove it; one that nobody writes harms nobody")
                .validatedBy("SELECT 'value is missing' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_enum"
                        + " WHERE enumtypid = pg_catalog.to_regtype(" + Identifier.literal(name.quoted())
                        + ") AND enumlabel = " + Identifier.literal(value) + ")"))
                .withTolerance(Tolerance.Side.NEW_WRITERS, "must not write " + value + " of " + name
                        + " while a version reads it that does not know it")
                .withNote(
                        "change streams tell of a new enum value only when it is written: consumers must be able to read "
                                + value);
    }
}
