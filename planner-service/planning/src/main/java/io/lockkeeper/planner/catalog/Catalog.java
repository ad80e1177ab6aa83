package io.lockkeeper.planner.catalog;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.lockkeeper.messages.RelationName;

/**
 * The target's catalog in one snapshot, and then as each statement of a release leaves it: a value, so that a rewrite
 * gives back a new one and nothing else remembers.
 *
 * @param serverVersion {@code server_version_num}
 * @param walLevel      {@code logical} or less
 * @param relations     of all schemas but PostgreSQL's and Lockkeeper's own
 * @param types         all, {@code pg_catalog}'s included
 * @param takenNames    relations and indexes that the release takes away only in the contract phase
 */
public record Catalog(int serverVersion, String walLevel, Set<String> schemas, Map<RelationName, Relation> relations,
        List<Routine> routines, Map<RelationName, Type> types, Symbols symbols, Set<RelationName> takenNames) {

    /** What an unqualified name is looked up in, after {@code pg_catalog}. */
    public static final String DEFAULT_SCHEMA = "public";

    public Catalog {
        schemas = Collections.unmodifiableSet(new TreeSet<>(schemas));
        relations = Collections.unmodifiableMap(new TreeMap<>(relations));
        routines = List.copyOf(routines);
        types = Collections.unmodifiableMap(new TreeMap<>(types));
        takenNames = Set.copyOf(takenNames);
    }

    public Optional<Relation> relation(RelationName name) {
        return Optional.ofNullable(relations.get(name));
    }

    /** The table that owns an index. */
    public Optional<Relation> tableOfIndex(RelationName index) {
        return relations.values().stream()
                .filter(relation -> relation.name().schema().equals(index.schema())
                        && relation.index(index.name()).isPresent())
                .findFirst();
    }

    /** Is the name of a relation or an index in use, now or until the contract phase? */
    public boolean taken(RelationName name) {
        return relations.containsKey(name) || takenNames.contains(name) || tableOfIndex(name).isPresent();
    }

    /** Direct partitions, sorted by name. */
    public List<Relation> partitions(RelationName parent) {
        return relations.values().stream()
                .filter(relation -> relation.partition().parent().filter(parent::equals).isPresent()).toList();
    }

    /** Partitions of any depth, parents first. */
    public List<Relation> descendants(RelationName parent) {
        return partitions(parent).stream()
                .flatMap(child -> Stream.concat(Stream.of(child), descendants(child.name()).stream())).toList();
    }

    /** Foreign keys of other tables that point to this one. */
    public Stream<ForeignKey> foreignKeysTo(RelationName table) {
        return relations.values().stream().flatMap(relation -> relation.constraints().stream()
                .filter(constraint -> constraint.references().filter(table::equals).isPresent())
                .map(constraint -> new ForeignKey(relation.name(), constraint)));
    }

    public record ForeignKey(RelationName table, Constraint constraint) {}

    public Optional<Routine> routine(RelationName name, List<String> argumentTypes) {
        return routines.stream().filter(r -> r.name().equals(name) && r.argumentTypes().equals(argumentTypes))
                .findFirst();
    }

    public List<Routine> routinesNamed(RelationName name) {
        return routines.stream().filter(routine -> routine.name().equals(name)).toList();
    }

    public Optional<Cast> cast(RelationName source, RelationName target) {
        return symbols.casts().stream().filter(c -> c.source().equals(source) && c.target().equals(target))
                .findFirst();
    }

    public Catalog with(Relation relation) {
        Map<RelationName, Relation> changed = new TreeMap<>(relations);
        changed.put(relation.name(), relation);
        return new Catalog(serverVersion, walLevel, schemas, changed, routines, types, symbols, takenNames);
    }

    /** Without the relation; its name stays taken until the contract phase. */
    public Catalog without(RelationName name) {
        Map<RelationName, Relation> changed = new TreeMap<>(relations);
        changed.remove(name);
        return new Catalog(serverVersion, walLevel, schemas, changed, routines, types, symbols, takenNames)
                .withTakenName(name);
    }

    public Catalog withTakenName(RelationName name) {
        Set<RelationName> more = new TreeSet<>(takenNames);
        more.add(name);
        return new Catalog(serverVersion, walLevel, schemas, relations, routines, types, symbols, more);
    }

    /** Once what needed relations and columns is gone. */
    public Catalog withoutDependent(String description) {
        Map<RelationName, Relation> changed = new TreeMap<>();
        relations.forEach((name, relation) -> changed.put(name, relation.withoutDependent(description)));
        return new Catalog(serverVersion, walLevel, schemas, changed, routines, types, symbols, takenNames);
    }

    /** With the routine in place of one with the same identity. */
    public Catalog with(Routine routine) {
        List<Routine> changed = new ArrayList<>(routines);
        changed.removeIf(other -> other.identity().equals(routine.identity()));
        changed.add(routine);
        return new Catalog(serverVersion, walLevel, schemas, relations, changed, types, symbols, takenNames);
    }

    public Catalog with(Type type) {
        Map<RelationName, Type> changed = new TreeMap<>(types);
        changed.put(type.name(), type);
        return new Catalog(serverVersion, walLevel, schemas, relations, routines, changed, symbols, takenNames);
    }

    public Catalog withSchema(String schema) {
        Set<String> more = new TreeSet<>(schemas);
        more.add(schema);
        return new Catalog(serverVersion, walLevel, more, relations, routines, types, symbols, takenNames);
    }

    /** A name like {@code wanted} that no relation or index of the schema bears: a number is put behind it as needed. */
    public String freeName(String schema, String wanted, Predicate<String> alsoTaken) {
        String candidate = wanted;
        for (int number = 1; taken(RelationName.of(schema, candidate)) || alsoTaken.test(candidate); number++) {
            candidate = wanted + number;
        }
        return candidate;
    }
}
