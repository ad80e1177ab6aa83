package io.lockkeeper.planner.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.messages.RelationName;

/**
 * The target's catalog in one snapshot, and then as each statement of a release leaves it: a value, so that a rewrite
 * gives back a new one and nothing else remembers.
 *
 * @param serverVersion {@code server_version_num}
 * @param relations     of all schemas but PostgreSQL's and Lockkeeper's own
 * @param types         all, {@code pg_catalog}'s included
 * @param takenNames    relations, indexes and routines (by {@link #key}) that the release takes away only in the contract
 *                      phase
 * @param timeZone      of a session that sets none: {@code timestamp} and {@code timestamptz} are the same in UTC alone;
 *                      empty where no server was asked
 * @param inheritance   parents and children, partitions among them, of tables and of indexes
 */
public record Catalog(int serverVersion, Set<String> schemas, Map<RelationName, Relation> relations,
        List<Routine> routines, Map<RelationName, Type> types, Symbols symbols, Set<RelationName> takenNames,
        String timeZone, Set<Inheritance> inheritance) {

    /** What an unqualified name is looked up in, after {@code pg_catalog}. */
    public static final String DEFAULT_SCHEMA = "public";

    public Catalog {
        schemas = Collections.unmodifiableSet(new TreeSet<>(schemas));
        relations = ByName.of(relations);
        routines = List.copyOf(routines);
        types = ByName.of(types);
        takenNames = Set.copyOf(takenNames);
        inheritance = Set.copyOf(inheritance);
    }

    /** No server was asked: what is not here may well exist. */
    public boolean offline() {
        return timeZone.isEmpty();
    }

    public Optional<Relation> relation(RelationName name) {
        return Optional.ofNullable(relations.get(name));
    }

    /** The table that owns an index. */
    public Optional<Relation> tableOfIndex(RelationName index) {
        if (relations.containsKey(index)) {
            // Relations and indexes share their names: what bears it is a relation.
            return Optional.empty();
        }
        for (Relation relation : relations.values()) {
            if (relation.name().schema().equals(index.schema()) && relation.index(index.name()).isPresent()) {
                return Optional.of(relation);
            }
        }
        return Optional.empty();
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
        return withRelations(ByName.of(relations).with(relation.name(), relation));
    }

    /** Without the relation; its name stays taken until the contract phase. */
    public Catalog without(RelationName name) {
        return withRelations(ByName.of(relations).without(name)).withTakenName(name);
    }

    public Catalog withTakenName(RelationName name) {
        Set<RelationName> more = new TreeSet<>(takenNames);
        more.add(name);
        return new Catalog(serverVersion, schemas, relations, routines, types, symbols, more, timeZone,
                inheritance);
    }

    /** Once what needed relations and columns is gone. */
    public Catalog withoutDependent(String description) {
        Map<RelationName, Relation> changed = new TreeMap<>();
        relations.forEach((name, relation) -> changed.put(name, relation.withoutDependent(description)));
        List<Routine> needed = routines.stream().map(routine -> routine.withoutDependent(description)).toList();
        return new Catalog(serverVersion, schemas, changed, needed, types, symbols, takenNames, timeZone,
                inheritance);
    }

    /** The routine is there until the contract phase, and must not be created anew before. */
    public Catalog leaving(Routine routine) {
        return withTakenName(key(routine));
    }

    public boolean isLeaving(Routine routine) {
        return takenNames.contains(key(routine));
    }

    /** A name that no relation has. */
    private static RelationName key(Routine routine) {
        return RelationName.of(routine.name().schema(),
                routine.name().name() + "(" + String.join(", ", routine.argumentTypes()) + ")");
    }

    public Catalog without(Routine routine) {
        return withRoutines(routines.stream().filter(other -> !other.identity().equals(routine.identity())).toList());
    }

    /** With the routine in place of one with the same identity. */
    public Catalog with(Routine routine) {
        List<Routine> changed = new ArrayList<>(routines);
        changed.removeIf(other -> other.identity().equals(routine.identity()));
        changed.add(routine);
        return new Catalog(serverVersion, schemas, relations, changed, types, symbols, takenNames,
                timeZone, inheritance);
    }

    public Catalog with(Type type) {
        return new Catalog(serverVersion, schemas, relations, routines, ByName.of(types).with(type.name(), type),
                symbols,
                takenNames, timeZone, inheritance);
    }

    public Catalog withSchema(String schema) {
        Set<String> more = new TreeSet<>(schemas);
        more.add(schema);
        return new Catalog(serverVersion, more, relations, routines, types, symbols, takenNames,
                timeZone, inheritance);
    }

    /** Without the relation or index, for good: its name is free. */
    public Catalog dropped(RelationName name) {
        ByName<Relation> left = ByName.of(relations).without(name);
        ByName<Relation> changed = tableOfIndex(name)
                .map(table -> left.with(table.name(), table.withoutIndex(name.name()))).orElse(left);
        return new Catalog(serverVersion, schemas, changed, routines, types, symbols, takenNames, timeZone,
                inheritance.stream().filter(link -> !link.child().equals(name) && !link.parent().equals(name))
                        .collect(Collectors.toSet()));
    }

    public Catalog with(Symbols newSymbols) {
        return new Catalog(serverVersion, schemas, relations, routines, types, newSymbols, takenNames,
                timeZone, inheritance);
    }

    public Catalog withRoutines(List<Routine> newRoutines) {
        return new Catalog(serverVersion, schemas, relations, newRoutines, types, symbols, takenNames,
                timeZone, inheritance);
    }

    public Catalog with(Inheritance link) {
        return withInheritance(Stream.concat(inheritance.stream(), Stream.of(link)).collect(Collectors.toSet()));
    }

    public Catalog withInheritance(Set<Inheritance> links) {
        return new Catalog(serverVersion, schemas, relations, routines, types, symbols, takenNames, timeZone,
                links);
    }

    private Catalog withRelations(Map<RelationName, Relation> changed) {
        return new Catalog(serverVersion, schemas, changed, routines, types, symbols, takenNames, timeZone,
                inheritance);
    }

    /** The children of a table or index, in order. */
    public List<Inheritance> children(RelationName parent) {
        return inheritance.stream().filter(link -> link.parent().equals(parent))
                .sorted(Comparator.comparing(Inheritance::child)).toList();
    }

    public List<Inheritance> parents(RelationName child) {
        return inheritance.stream().filter(link -> link.child().equals(child))
                .sorted(Comparator.comparing(Inheritance::parent)).toList();
    }

    /** The table or index, its children, theirs, and so on. */
    public List<RelationName> tree(RelationName root) {
        Set<RelationName> found = new LinkedHashSet<>(List.of(root));
        Deque<RelationName> pending = new ArrayDeque<>(found);
        while (!pending.isEmpty()) {
            children(pending.pop()).stream().map(Inheritance::child).filter(found::add).forEach(pending::push);
        }
        return List.copyOf(found);
    }

    /** As a later release finds it: what this one created is in use. */
    public Catalog inUse() {
        Catalog used = this;
        for (Relation relation : relations.values()) {
            if (relation.created()) {
                used = used.with(relation.inUse());
            }
        }
        return used;
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
