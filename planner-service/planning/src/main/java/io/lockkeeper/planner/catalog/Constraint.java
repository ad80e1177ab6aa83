package io.lockkeeper.planner.catalog;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/**
 * A table constraint (NOT NULL is told by the column).
 *
 * @param columns    the columns that it names, in its own order
 * @param definition as {@code pg_get_constraintdef} prints it, names qualified
 * @param index      name of the index that backs it, in the table's schema
 * @param references the table that a foreign key points to, and its columns
 * @param since      the stage from which on it holds; absent: it always did
 */
public record Constraint(String name, Type type, List<String> columns, String definition, boolean validated,
        Optional<String> index, Optional<RelationName> references, List<String> referencedColumns,
        Optional<Stage> since, Optional<String> comment) {

    public enum Type {
        PRIMARY_KEY, UNIQUE, CHECK, FOREIGN_KEY, EXCLUDE, TRIGGER
    }

    public Constraint {
        columns = columns == null ? List.of() : List.copyOf(columns);
        index = index == null ? Optional.empty() : index;
        references = references == null ? Optional.empty() : references;
        referencedColumns = referencedColumns == null ? List.of() : List.copyOf(referencedColumns);
        since = since == null ? Optional.empty() : since;
        comment = comment == null ? Optional.empty() : comment;
    }

    public Constraint(String name, Type type, List<String> columns, String definition, boolean validated,
            Optional<String> index, Optional<RelationName> references, List<String> referencedColumns,
            Optional<Stage> since) {
        this(name, type, columns, definition, validated, index, references, referencedColumns, since,
                Optional.empty());
    }

    public Constraint named(String newName) {
        return new Constraint(newName, type, columns, definition, validated, index, references, referencedColumns,
                since, comment);
    }

    public Constraint defined(String newDefinition) {
        return new Constraint(name, type, columns, newDefinition, validated, index, references, referencedColumns, since,
                comment);
    }

    /** The same on other columns, from a stage on. */
    public Constraint carried(List<String> newColumns, String newDefinition, List<String> newReferencedColumns,
            Stage stage) {
        return new Constraint(name, type, newColumns, newDefinition, validated, index, references,
                newReferencedColumns, Optional.of(stage), comment);
    }

    public boolean deferrable() {
        return definition.contains(" DEFERRABLE");
    }

    public boolean key() {
        return type == Type.PRIMARY_KEY || type == Type.UNIQUE;
    }
}
