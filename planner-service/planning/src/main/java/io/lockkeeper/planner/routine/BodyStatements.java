package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.Token;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.routine.BodyNames.Reference;
import io.lockkeeper.planner.routine.RoutineBody.Query;
import io.lockkeeper.planner.routine.RoutineBody.Variable;

/**
 * The SQL of a body as statements that a server can be asked to prepare: a variable becomes a null of its type, the field of a
 * row that of such a null. So names that are not there are found without a call.
 */
public final class BodyStatements {

    private static final Set<String> PREPARED = Set.of("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt",
            "MergeStmt");
    private static final Pattern ALIAS = Pattern.compile("(?i)\\balias\\s+for\\b");
    private static final String NULL = "NULL";

    private final PostgresGrammar grammar;
    private final RoutineBody body;
    private final BodyNames names;

    private BodyStatements(PostgresGrammar grammar, RoutineBody body, BodyNames names) {
        this.grammar = grammar;
        this.body = body;
        this.names = names;
    }

    /**
     * @param searchPath what the routine itself sets; empty: the session's
     * @param certain    is a name that is not found certainly missing? Not where tables are made on the way, or names
     *                        come from elsewhere
     */
    public record Statements(List<String> sql, List<String> searchPath, boolean certain) {

        public Statements {
            sql = List.copyOf(sql);
            searchPath = List.copyOf(searchPath);
        }
    }

    public static Statements of(Routine routine, Catalog catalog, PostgresGrammar grammar) {
        RoutineBody body = RoutineBody.of(routine, grammar);
        BodyNames names = BodyNames.of(routine, body, catalog);
        BodyStatements statements = new BodyStatements(grammar, body, names);
        List<String> sql = new ArrayList<>();
        List<RelationName> tables = new ArrayList<>(names.tables());
        for (Query query : body.queries()) {
            if (PREPARED.contains(query.tree().type())) {
                Optional<RelationName> none = Optional.empty();
                (tables.isEmpty() ? List.of(none) : tables.stream().map(Optional::of).toList())
                        .forEach(table -> sql.add(statements.rendered(query, table, Set.of())));
            }
        }
        return new Statements(sql.stream().distinct().toList(), body.searchPath(),
                !names.needsItsOwnTables() && !ALIAS.matcher(routine.body()).find() && statements.everyNameIsKnown());
    }

    private boolean everyNameIsKnown() {
        return body.queries().stream().flatMap(query -> names.references(query).stream())
                .allMatch(reference -> reference.name().size() < 2 || variable(reference.name().get(0)).isPresent());
    }

    /** @param without records that are being rendered: one that is made from itself */
    private String rendered(Query query, Optional<RelationName> table, Set<String> without) {
        StringBuilder text = new StringBuilder(query.text());
        List<Token> tokens = grammar.tokens(query.text()).orElse(List.of());
        names.references(query).stream().sorted(Comparator.comparingInt(Reference::location).reversed())
                .forEach(reference -> replace(text, tokens, reference, table, without));
        return text.toString();
    }

    private void replace(StringBuilder text, List<Token> tokens, Reference reference, Optional<RelationName> table,
            Set<String> without) {
        int at = index(tokens, reference.location());
        String name = reference.name().get(0);
        Optional<String> type = type(name, table);
        if (at < 0 || type.isEmpty()) {
            return;
        }
        boolean field = reference.name().size() > 1 && at + 2 < tokens.size();
        Optional<String> row = type.get().equals("record") && field && !without.contains(name)
                ? fromQuery(name, tokens.get(at + 2).text(), table, with(without, name))
                : Optional.empty();
        boolean unknown = type.get().equals("record") || type.get().equalsIgnoreCase("UNKNOWN");
        String value = row.orElseGet(() -> unknown ? NULL : value(type.get(), table));
        text.replace(reference.location(), tokens.get(field && unknown ? at + 2 : at).end(), value);
    }

    private static int index(List<Token> tokens, int location) {
        for (int index = 0; index < tokens.size(); index++) {
            if (tokens.get(index).offset() == location) {
                return index;
            }
        }
        return -1;
    }

    private static Set<String> with(Set<String> names, String name) {
        Set<String> more = new HashSet<>(names);
        more.add(name);
        return more;
    }

    /** A field of a record that one query fills. */
    private Optional<String> fromQuery(String record, String field, Optional<RelationName> table,
            Set<String> without) {
        List<Query> fills = body.queries().stream().filter(query -> query.record().filter(record::equals).isPresent())
                .toList();
        return fills.size() == 1 && fills.get(0).tree().is("SelectStmt")
                ? Optional.of("(SELECT filled." + field + " FROM (" + rendered(fills.get(0), table, without)
                        + ") AS filled LIMIT 1)")
                : Optional.empty();
    }

    private Optional<String> type(String name, Optional<RelationName> table) {
        boolean row = name.equals("new") || name.equals("old");
        return table.filter(ignored -> row).map(RelationName::quoted).or(() -> variable(name).map(Variable::type));
    }

    private Optional<Variable> variable(String name) {
        // What PL/pgSQL itself gives a trigger function.
        return body.variables().stream().filter(variable -> variable.name().equals(name)).findFirst()
                .or(() -> name.startsWith("tg_") ? Optional.of(new Variable(name, "text")) : Optional.empty());
    }

    private String value(String type, Optional<RelationName> table) {
        String lower = type.strip().toLowerCase(Locale.ROOT).replaceAll("\\s*%\\s*", "%");
        String written = type.strip().replaceAll("\\s*%\\s*", "%");
        if (lower.endsWith("%rowtype")) {
            return "(NULL::" + written.substring(0, lower.length() - "%rowtype".length()) + ")";
        }
        if (lower.endsWith("%type")) {
            String of = written.substring(0, lower.length() - "%type".length());
            int dot = of.lastIndexOf('.');
            return dot < 0
                    ? type(of, table).map(other -> value(other, table)).orElse(NULL)
                    : "((NULL::" + of.substring(0, dot) + ")." + of.substring(dot + 1) + ")";
        }
        return "(NULL::" + written + ")";
    }

    /** Quoted, ready for SQL. */
    public static String path(List<String> schemas) {
        return String.join(", ", schemas.stream().map(Identifier::quote).toList());
    }
}
