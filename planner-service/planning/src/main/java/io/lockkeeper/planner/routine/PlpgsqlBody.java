package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedRoutines;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.routine.RoutineBody.Query;
import io.lockkeeper.planner.routine.RoutineBody.Variable;

/** Reads the SQL of a PL/pgSQL body: what stands in it, and where the rows go. */
final class PlpgsqlBody {

    private static final Pattern VARIABLES_FIRST = Pattern.compile("(?mi)^\\s*#\\s*variable_conflict\\s+use_variable");
    private static final Pattern ASSIGNED = Pattern.compile(":?=");

    private static final Use ANY = new Use(Optional.empty(), false);

    private final PostgresGrammar grammar;
    /** By their text: the same text says the same wherever it stands. */
    private final Map<String, Set<Use>> expressions = new LinkedHashMap<>();
    private final Set<String> cursorRecords = new HashSet<>();
    private final Set<String> cursorQueries = new HashSet<>();
    private final List<Query> queries = new ArrayList<>();
    private boolean dynamic;
    private boolean notUnderstood;

    private record Use(Optional<String> record, boolean byPosition) {}

    PlpgsqlBody(PostgresGrammar grammar) {
        this.grammar = grammar;
    }

    /** @param arguments with names and types */
    RoutineBody read(String text, String body, List<Variable> arguments, List<String> searchPath) {
        PlpgsqlText.Reading reading = new PlpgsqlText(grammar).read(text, body);
        if (!(reading.result() instanceof ParsedRoutines routines)) {
            return new RoutineBody(List.of(), List.of(), searchPath, false, Optional.of("its body is not understood"));
        }
        List<Variable> variables = new ArrayList<>(arguments);
        List<String> names = arguments.stream().map(Variable::name).toList();
        for (SyntaxNode node : routines.routines().stream().flatMap(SyntaxNode::typedNodes).toList()) {
            read(node);
            String name = node.string("refname");
            // An argument's type is known better from the statement.
            if ((node.is("PLpgSQL_var") || node.is("PLpgSQL_rec"))
                    && !(names.contains(name) && node.integer("lineno") == 0)) {
                String type = node.get("datatype").string("typname");
                variables.addAll(reading.variables(name, type.isEmpty() ? "record" : type));
            }
        }
        cursorQueries.forEach(cursor -> cursorRecords.forEach(record -> expressions
                .getOrDefault(cursor, new HashSet<>()).add(new Use(Optional.of(record), false))));
        expressions.forEach(this::parse);
        Optional<String> unread = dynamic
                ? Optional.of("it runs SQL that it puts together")
                : notUnderstood ? Optional.of("a part of it is not understood") : Optional.empty();
        return new RoutineBody(queries, variables, searchPath, VARIABLES_FIRST.matcher(body).find(), unread);
    }

    private void read(SyntaxNode node) {
        switch (node.type()) {
            case "PLpgSQL_stmt_execsql" -> use(node.get("sqlstmt"), node.get("target"));
            case "PLpgSQL_stmt_fors" -> use(node.get("query"), node.get("var"));
            case "PLpgSQL_stmt_return_query" -> {
                note(node.get("query"), new Use(Optional.empty(), true));
                runs(node.get("dynquery"));
            }
            case "PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors" -> runs(node.get("query"));
            case "PLpgSQL_stmt_open" -> {
                cursorQueries.add(node.get("query").string("query"));
                runs(node.get("dynquery"));
            }
            case "PLpgSQL_stmt_forc" -> cursorRecords.add(node.get("var").string("refname"));
            case "PLpgSQL_stmt_fetch" -> cursorRecords.add(node.get("target").string("refname"));
            case "PLpgSQL_var" -> cursorQueries.add(node.get("cursor_explicit_expr").string("query"));
            case "PLpgSQL_row" -> node.list("fields").stream().map(field -> field.string("name"))
                    .filter(name -> name.contains(".")).forEach(this::note);
            case "PLpgSQL_expr" -> note(node.string("query"));
            default -> {
                // Has no SQL of its own.
            }
        }
    }

    /** @param target a record, or a row of the variables after INTO */
    private void use(SyntaxNode expression, SyntaxNode target) {
        note(expression, target.is("PLpgSQL_row")
                ? new Use(Optional.empty(), target.list("fields").size() > 1)
                : new Use(Optional.of(target.string("refname")).filter(name -> !name.isEmpty()), false));
    }

    private void note(String expression) {
        expressions.computeIfAbsent(expression, text -> new HashSet<>());
    }

    private void note(SyntaxNode expression, Use use) {
        if (!expression.isMissing()) {
            expressions.computeIfAbsent(expression.string("query"), text -> new HashSet<>()).add(use);
        }
    }

    /** EXECUTE: what it runs can be read only where it is written out. */
    private void runs(SyntaxNode expression) {
        if (expression.isMissing()) {
            return;
        }
        List<SyntaxNode> written = parsed("SELECT " + expression.string("query")).stream()
                .flatMap(select -> select.tree().list("targetList").stream())
                .map(target -> target.get("val").get("sval"))
                .toList();
        List<ParsedStatement> statements = written.size() == 1 ? parsed(written.get(0).string("sval")) : List.of();
        dynamic |= statements.isEmpty();
        statements.forEach(statement -> queries.add(new Query(statement, Optional.empty(), false)));
    }

    /** A statement, an expression, or an assignment {@code target := expression}. */
    private void parse(String text, Set<Use> uses) {
        List<ParsedStatement> trees = parsed(text);
        if (trees.isEmpty()) {
            trees = parsed("SELECT " + text);
        }
        Matcher assigned = ASSIGNED.matcher(text);
        if (trees.isEmpty() && assigned.find()) {
            List<ParsedStatement> value = parsed("SELECT " + text.substring(assigned.end()));
            notUnderstood |= value.isEmpty();
            trees = new ArrayList<>(parsed("SELECT " + text.substring(0, assigned.start())));
            trees.addAll(value);
        }
        notUnderstood |= trees.isEmpty();
        for (ParsedStatement tree : trees) {
            (uses.isEmpty() ? Set.of(ANY) : uses)
                    .forEach(use -> queries.add(new Query(tree, use.record, use.byPosition)));
        }
    }

    private List<ParsedStatement> parsed(String sql) {
        return grammar.parse(sql) instanceof Parsed parsed ? parsed.statements() : List.of();
    }
}
