package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.routine.RoutineBody.Query;
import io.lockkeeper.planner.routine.RoutineBody.Variable;
import io.lockkeeper.planner.statement.Names;

/** What the names in a body mean, in the catalog; what it leaves open is in {@code fields} and {@code unread}. */
final class BodyNames {

    /** @param arguments so many stand in the call */
    record Call(List<String> name, int arguments) {}

    /** Where a query names a variable, or what nobody knows. */
    record Reference(int location, List<String> name) {}

    private static final String ROWTYPE = "%rowtype";
    private static final String TYPE = "%type";

    private final Catalog catalog;
    private final RoutineBody body;
    private final Set<RelationName> relations = new HashSet<>();
    private final Set<ColumnUse> columns = new HashSet<>();
    private final Set<Call> calls = new HashSet<>();
    /** Fields of rows of which nothing is known. */
    private final Set<String> fields = new HashSet<>();
    private final Map<String, Row> variables = new HashMap<>();
    private final Set<String> scalars = new HashSet<>();
    /** Temporary tables that the body makes; transition tables of its triggers. */
    private final Map<String, Row> made = new HashMap<>();
    private final Set<RelationName> tables = new HashSet<>();
    private final Map<Query, List<Reference>> references = new IdentityHashMap<>();
    private boolean ownTables;
    private List<Reference> current = List.of();
    private Row triggered = Row.UNKNOWN;
    private final Row result;

    private BodyNames(Routine routine, RoutineBody body, Catalog catalog) {
        this.catalog = catalog;
        this.body = body;
        this.result = rowsOf(routine.result());
    }

    static BodyNames of(Routine routine, RoutineBody body, Catalog catalog) {
        BodyNames names = new BodyNames(routine, body, catalog);
        catalog.relations().values().stream().filter(relation -> relation.triggers().stream()
                .anyMatch(trigger -> trigger.function().equals(routine.name())))
                .forEach(names::firesOn);
        body.variables().forEach(names::declare);
        // Twice: a record's or a temporary table's columns may come from a query further down.
        for (int pass = 0; pass < 2; pass++) {
            names.fields.clear();
            body.queries().forEach(names::read);
        }
        return names;
    }

    private void firesOn(Relation table) {
        tables.add(table.name());
        triggered = triggered.and(Row.of(table));
    }

    /** The tables whose triggers call it. */
    Set<RelationName> tables() {
        return tables;
    }

    Set<RelationName> relations() {
        return relations;
    }

    Set<ColumnUse> columns() {
        return columns;
    }

    Set<Call> calls() {
        return calls;
    }

    Set<String> fields() {
        return fields;
    }

    List<Reference> references(Query query) {
        return references.getOrDefault(query, List.of());
    }

    /** Temporary tables, and transition tables of its triggers, are not there before it runs. */
    boolean needsItsOwnTables() {
        return !made.isEmpty() || ownTables;
    }

    Optional<String> unread() {
        return body.unread();
    }

    /** {@code orders}, {@code orders%ROWTYPE}, {@code orders.total%TYPE}, {@code orders[]}, {@code record}. */
    private void declare(Variable variable) {
        String type = variable.type().replaceAll("(\\[\\d*\\]|\\s)", "");
        String lower = type.toLowerCase(Locale.ROOT);
        if (!tables.isEmpty() && (variable.name().equals("new") || variable.name().equals("old"))) {
            variables.put(variable.name(), triggered);
        } else if (lower.equals("record")) {
            variables.putIfAbsent(variable.name(), Row.UNKNOWN);
        } else if (lower.endsWith(TYPE)) {
            scalars.add(variable.name());
            ofColumn(type.substring(0, type.length() - TYPE.length()));
        } else {
            boolean rows = lower.endsWith(ROWTYPE);
            List<String> name = parts(rows ? type.substring(0, type.length() - ROWTYPE.length()) : type);
            Row row = table(name);
            if (rows || row != Row.UNKNOWN) {
                variables.merge(variable.name(), row, Row::and);
            } else {
                scalars.add(variable.name());
            }
        }
    }

    private void ofColumn(String written) {
        List<String> parts = parts(written);
        if (parts.size() > 1) {
            found(table(parts.subList(0, parts.size() - 1)).column(parts.get(parts.size() - 1)));
        }
    }

    private static List<String> parts(String written) {
        int dot = written.lastIndexOf('.');
        return Names.inText(written)
                .map(name -> dot < 0 ? List.of(name.name()) : List.of(name.schema(), name.name()))
                // schema.table.column
                .orElseGet(() -> dot < 0
                        ? List.of()
                        : join(parts(written.substring(0, dot)),
                                parts(written.substring(dot + 1))));
    }

    private static List<String> join(List<String> one, List<String> other) {
        List<String> both = new ArrayList<>(one);
        both.addAll(other);
        return both;
    }

    private void read(Query query) {
        List<Reference> found = new ArrayList<>();
        references.put(query, found);
        current = found;
        Row row = new QueryNames(this).read(query.tree());
        // Whole rows of a relation that go where such rows are wanted stay such rows.
        if (query.byPosition() && !row.equals(result)) {
            columns.addAll(row.all());
        }
        query.record().ifPresent(record -> variables.merge(record, row, Row::and));
    }

    /** The relations that a name can mean, noted; several where the search path is the session's. */
    Row table(List<String> name) {
        Row row = Row.UNKNOWN;
        for (Relation relation : relations(name)) {
            relations.add(relation.name());
            row = row.and(Row.of(relation));
        }
        return row;
    }

    private List<Relation> relations(List<String> name) {
        if (name.isEmpty()) {
            return List.of();
        }
        String last = name.get(name.size() - 1);
        if (name.size() > 1) {
            return catalog.relation(RelationName.of(name.get(name.size() - 2), last)).stream().toList();
        }
        Optional<Relation> first = body.relation(last, catalog);
        return first.isPresent() || !body.searchPath().isEmpty()
                ? first.stream().toList()
                : catalog.relations().values().stream().filter(relation -> relation.name().name().equals(last))
                        .toList();
    }

    void reference(int location, List<String> name) {
        current.add(new Reference(location, name));
    }

    /** A table that is not in the catalog. */
    Row madeHere(String name) {
        ownTables = true;
        return made.getOrDefault(name, triggered);
    }

    void makes(String name, Row row) {
        made.put(name, row);
    }

    void found(Optional<Set<ColumnUse>> origins) {
        origins.ifPresent(columns::addAll);
    }

    void found(Set<ColumnUse> origins) {
        columns.addAll(origins);
    }

    void called(SyntaxNode call) {
        calls.add(new Call(call.strings("funcname"), call.list("args").size()));
    }

    Optional<Row> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    void field(String variable, String field) {
        variable(variable).ifPresent(row -> row.column(field).ifPresentOrElse(columns::addAll,
                () -> fields.add(field)));
    }

    boolean meansVariable(String name) {
        return body.variablesFirst() && (scalars.contains(name) || variables.containsKey(name));
    }

    /** The rows of a function that returns those of a relation. */
    Row result(SyntaxNode call) {
        return catalog.routinesNamed(Names.of(call.strings("funcname"))).stream()
                .map(routine -> rowsOf(routine.result())).reduce(Row.UNKNOWN, Row::and);
    }

    /** @param type as {@code format_type} prints it */
    private Row rowsOf(Optional<String> type) {
        return catalog.types().values().stream().filter(known -> type.filter(known.sql()::equals).isPresent())
                .flatMap(known -> catalog.relation(known.name()).stream()).map(Row::of).findFirst().orElse(Row.UNKNOWN);
    }
}
