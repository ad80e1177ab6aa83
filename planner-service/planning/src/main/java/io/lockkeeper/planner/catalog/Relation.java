package io.lockkeeper.planner.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.lockkeeper.messages.RelationName;

/**
 * A table, view or sequence as it is, or as it will be once the statements so far have run.
 *
 * @param partition       its place in a tree of partitions
 * @param inherits        it has a parent or children, partitions not counted
 * @param grants          held by others than the owner
 * @param dependents      what needs the relation as a whole
 * @param rows            estimate of the last ANALYZE
 * @param bytes           of its main fork, by {@code pg_class}
 * @param created         by this release: nobody uses it yet, so nothing on it needs ceremony
 * @param takenNames      columns that the release takes away only in the contract phase: their names are not free before
 */
public record Relation(RelationName name, Kind kind, boolean logged, Partitioning partition, boolean inherits,
        ReplicaIdentity replicaIdentity, boolean extensionMember, Properties properties, List<Column> columns,
        List<Constraint> constraints,
        List<Index> indexes, List<Trigger> triggers, List<Dependent> dependents, List<Grant> grants,
        Optional<String> comment, long rows, long bytes, boolean created, List<String> takenNames) {

    public enum Kind {
        TABLE, PARTITIONED_TABLE, VIEW, MATERIALIZED_VIEW, FOREIGN_TABLE, SEQUENCE, COMPOSITE;

        /** For messages: {@code materialized view}. */
        public String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    public enum ReplicaIdentity {
        DEFAULT, NOTHING, FULL, INDEX
    }

    public Relation {
        partition = partition == null ? Partitioning.NONE : partition;
        properties = properties == null ? Properties.NONE : properties;
        columns = columns == null ? List.of() : List.copyOf(columns);
        constraints = constraints == null ? List.of() : List.copyOf(constraints);
        indexes = indexes == null ? List.of() : List.copyOf(indexes);
        triggers = triggers == null ? List.of() : List.copyOf(triggers);
        dependents = dependents == null ? List.of() : List.copyOf(dependents);
        grants = grants == null ? List.of() : List.copyOf(grants);
        comment = comment == null ? Optional.empty() : comment;
        takenNames = takenNames == null ? List.of() : List.copyOf(takenNames);
    }

    /** A relation that the release creates. */
    public static Relation created(RelationName name, Kind kind, List<Column> columns) {
        return new Relation(name, kind, true, Partitioning.NONE, false, ReplicaIdentity.DEFAULT, false, Properties.NONE,
                columns, List.of(),
                List.of(), List.of(), List.of(), List.of(), Optional.empty(), 0, 0, true, List.of());
    }

    /** One that nobody has looked at: taken for a table in use. */
    public static Relation assumed(RelationName name) {
        return new Relation(name, Kind.TABLE, true, Partitioning.NONE, false, ReplicaIdentity.DEFAULT, false,
                Properties.NONE, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), Optional.empty(), 0,
                0,
                false, List.of());
    }

    public Optional<Column> column(String columnName) {
        return columns.stream().filter(column -> column.name().equals(columnName)).findFirst();
    }

    public Optional<Constraint> constraint(String constraintName) {
        return constraints.stream().filter(constraint -> constraint.name().equals(constraintName)).findFirst();
    }

    public Optional<Index> index(String indexName) {
        // A loop, no stream: tableOfIndex asks every relation, for every statement.
        for (Index index : indexes) {
            if (index.name().equals(indexName)) {
                return Optional.of(index);
            }
        }
        return Optional.empty();
    }

    public Optional<Constraint> primaryKey() {
        return constraints.stream().filter(constraint -> constraint.type() == Constraint.Type.PRIMARY_KEY).findFirst();
    }

    public Stream<Constraint> constraintsOn(String columnName) {
        return constraints.stream().filter(constraint -> constraint.columns().contains(columnName));
    }

    public Stream<Index> indexesOn(String columnName) {
        return indexes.stream().filter(index -> index.mentions().contains(columnName));
    }

    /** Columns by which a row is known to a change stream: of the replica identity index, or the primary key. */
    public List<String> key() {
        if (replicaIdentity == ReplicaIdentity.INDEX) {
            return indexes.stream().filter(Index::replicaIdentity).findFirst().map(Index::keys).orElse(List.of());
        }
        return primaryKey().map(Constraint::columns).orElse(List.of());
    }

    /** May a publication carry it without making the application's UPDATE and DELETE fail? */
    public boolean publishable() {
        return kind == Kind.TABLE && logged && !extensionMember && switch (replicaIdentity) {
            // A deferrable key may be violated for a moment: PostgreSQL takes it for no identity.
            case DEFAULT -> primaryKey().filter(key -> !key.deferrable()).isPresent();
            case INDEX -> indexes.stream().anyMatch(index -> index.replicaIdentity() && index.valid());
            case FULL -> true;
            case NOTHING -> false;
        };
    }

    public boolean isPartition() {
        return partition.parent().isPresent();
    }

    public Relation withName(RelationName newName) {
        return new Relation(newName, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns, constraints, indexes, triggers, dependents, grants, comment, rows, bytes, created, takenNames);
    }

    public Relation withKind(Kind newKind) {
        return new Relation(name, newKind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns, constraints, indexes, triggers, dependents, grants, comment, rows, bytes, created, takenNames);
    }

    public Relation withPartition(Partitioning place) {
        return new Relation(name, kind, logged, place, inherits, replicaIdentity, extensionMember, properties,
                columns, constraints, indexes, triggers, dependents, grants, comment, rows, bytes, created, takenNames);
    }

    public Relation withProperties(Properties changed) {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, changed,
                columns, constraints, indexes, triggers, dependents, grants, comment, rows, bytes, created, takenNames);
    }

    public Relation withReplicaIdentity(ReplicaIdentity identity) {
        return new Relation(name, kind, logged, partition, inherits, identity, extensionMember, properties,
                columns, constraints, indexes, triggers, dependents, grants, comment, rows, bytes, created, takenNames);
    }

    public Relation withGrants(List<Grant> newGrants) {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns, constraints, indexes, triggers, dependents, newGrants, comment, rows, bytes, created,
                takenNames);
    }

    public Relation withTriggers(List<Trigger> newTriggers) {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns, constraints, indexes, newTriggers, dependents, grants, comment, rows, bytes, created,
                takenNames);
    }

    public Relation withColumns(List<Column> newColumns) {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                newColumns,
                constraints, indexes, triggers, dependents, grants, comment, rows, bytes, created, takenNames);
    }

    public Relation withColumn(Column column) {
        return withColumns(append(columns, column));
    }

    public Relation changeColumn(String columnName, UnaryOperator<Column> change) {
        return withColumns(columns.stream()
                .map(column -> column.name().equals(columnName) ? change.apply(column) : column).toList());
    }

    /** Without the column, and without the constraints and indexes that go with it. */
    public Relation withoutColumn(String columnName) {
        return withColumns(columns.stream().filter(column -> !column.name().equals(columnName)).toList())
                .withConstraints(constraints.stream().filter(c -> !c.columns().contains(columnName)).toList())
                .withIndexes(indexes.stream().filter(index -> !index.mentions().contains(columnName)).toList());
    }

    public Relation withConstraints(List<Constraint> newConstraints) {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns,
                newConstraints, indexes, triggers, dependents, grants, comment, rows, bytes, created, takenNames);
    }

    public Relation withConstraint(Constraint constraint) {
        return withConstraints(append(constraints, constraint));
    }

    public Relation withoutConstraint(String constraintName) {
        Optional<String> backing = constraint(constraintName).flatMap(Constraint::index);
        return withConstraints(constraints.stream().filter(c -> !c.name().equals(constraintName)).toList())
                .withIndexes(indexes.stream().filter(index -> !backing.equals(Optional.of(index.name()))).toList());
    }

    public Relation withIndexes(List<Index> newIndexes) {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns,
                constraints, newIndexes, triggers, dependents, grants, comment, rows, bytes, created, takenNames);
    }

    public Relation withIndex(Index index) {
        return withIndexes(append(indexes, index));
    }

    public Relation withoutIndex(String indexName) {
        return withIndexes(indexes.stream().filter(index -> !index.name().equals(indexName)).toList());
    }

    public Relation withComment(Optional<String> text) {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns,
                constraints, indexes, triggers, dependents, grants, text, rows, bytes, created, takenNames);
    }

    public Relation withDependent(Dependent dependent) {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns,
                constraints, indexes, triggers, append(dependents, dependent), grants, comment, rows, bytes, created,
                takenNames);
    }

    Relation withoutDependent(String description) {
        if (dependents.stream().noneMatch(dependent -> dependent.description().equals(description))
                && columns.stream().allMatch(column -> column.withoutDependent(description) == column)) {
            return this;
        }
        List<Column> kept = columns.stream().map(column -> column.withoutDependent(description)).toList();
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties, kept,
                constraints, indexes, triggers, Dependent.without(dependents, description), grants, comment, rows,
                bytes, created, takenNames);
    }

    /** No longer one that nobody uses yet: its release has ended, or it is part of what is in use. */
    public Relation inUse() {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns, constraints, indexes, triggers, dependents, grants, comment, rows, bytes, false, List.of());
    }

    public Relation unlogged() {
        return new Relation(name, kind, false, partition, inherits, replicaIdentity, extensionMember, properties,
                columns,
                constraints, indexes, triggers, dependents, grants, comment, rows, bytes, created, takenNames);
    }

    public Relation withTakenName(String columnName) {
        return new Relation(name, kind, logged, partition, inherits, replicaIdentity, extensionMember, properties,
                columns,
                constraints, indexes, triggers, dependents, grants, comment, rows, bytes, created,
                append(takenNames, columnName));
    }

    private static <T> List<T> append(List<T> list, T element) {
        List<T> longer = new ArrayList<>(list);
        longer.add(element);
        return longer;
    }
}
