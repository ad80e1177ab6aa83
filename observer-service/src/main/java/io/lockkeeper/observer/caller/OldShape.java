package io.lockkeeper.observer.caller;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedRoutines;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Watch.Retired;
import io.lockkeeper.messages.Watch.RetiredRoutine;

/**
 * Does a text name what is to be taken away? By PostgreSQL's own grammar: a column counts where its relation stands in the
 * same statement. What does not parse (normalised texts have parameters where the grammar wants a constant, a dynamic
 * statement is put together from strings) is searched for both names as words: a name too many keeps a gate closed, one
 * too few would open it.
 */
public final class OldShape {

    /** Utility statements are left out: who alters or vacuums a table does not use its rows. */
    private static final Set<String> STATEMENTS = Set.of("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt",
            "MergeStmt", "CopyStmt", "PrepareStmt", "DeclareCursorStmt", "ExplainStmt", "CreateTableAsStmt",
            "CallStmt");

    private final List<Retired> retired;
    private final OldRoutines routines;
    private final PostgresGrammar grammar;

    /** No routine is taken away. */
    public OldShape(List<Retired> retired, PostgresGrammar grammar) {
        this(retired, List.of(), grammar);
    }

    public OldShape(List<Retired> retired, List<RetiredRoutine> routines, PostgresGrammar grammar) {
        this.retired = List.copyOf(retired);
        this.routines = new OldRoutines(routines);
        this.grammar = grammar;
    }

    public List<Retired> retired() {
        return retired;
    }

    public List<RetiredRoutine> routines() {
        return routines.retired();
    }

    public boolean isEmpty() {
        return retired.isEmpty() && routines().isEmpty();
    }

    public boolean namedByStatement(String sql) {
        if (grammar.parse(sql) instanceof Parsed parsed) {
            return parsed.statements().stream().map(ParsedStatement::tree)
                    .filter(tree -> STATEMENTS.contains(tree.type()))
                    .anyMatch(tree -> routines.calledBy(List.of(tree))
                            || retired.stream().anyMatch(shape -> names(List.of(tree), shape, false)));
        }
        return words(sql);
    }

    /**
     * Did a statement fail for want of it?
     *
     * @param message of the server: it names what is not there
     * @param texts   of the statements that failed: somewhere they name the relation
     */
    public boolean missedBy(String message, String texts) {
        return routines.wordOf(message) || retired.stream().anyMatch(shape -> shape.columns().isEmpty()
                ? word(message, shape.relation().name())
                : word(message + " " + texts, shape.relation().name())
                        && shape.columns().stream().anyMatch(column -> word(message, column)));
    }

    /** A trigger function may say {@code NEW.column} without ever naming its table. */
    public boolean namedByRoutine(Routine routine) {
        return switch (routine.language()) {
            case "sql" -> namedByStatement(routine.body());
            case "plpgsql" -> grammar.parsePlpgsql(routine.definition()) instanceof ParsedRoutines parsed
                    ? namedByBlocks(parsed, routine)
                    : words(routine.body());
            default -> words(routine.body());
        };
    }

    /** A record that was read in one statement is taken apart in another: the body counts as a whole. */
    private boolean namedByBlocks(ParsedRoutines parsed, Routine routine) {
        List<SyntaxNode> trees = new ArrayList<>();
        for (SyntaxNode block : parsed.routines()) {
            for (SyntaxNode expression : block.nodes().filter(node -> node.has("query")).toList()) {
                String query = expression.string("query");
                if (!parse(query, trees) && !parse("SELECT " + assigned(query), trees) && words(query)) {
                    return true;
                }
            }
        }
        boolean dynamic = trees.stream().flatMap(SyntaxNode::nodes).filter(node -> node.is("A_Const"))
                .anyMatch(constant -> words(constant.get("sval").string("sval")));
        return dynamic || routines.calledBy(trees) || retired.stream().anyMatch(shape -> names(trees, shape, true)
                || routine.triggers().contains(shape.relation()) && namesColumn(trees, shape, Set.of("new", "old")));
    }

    private boolean parse(String sql, List<SyntaxNode> trees) {
        if (!(grammar.parse(sql) instanceof Parsed parsed)) {
            return false;
        }
        parsed.statements().forEach(statement -> trees.add(statement.tree()));
        return true;
    }

    /** An assignment's expression is plain SQL behind {@code :=}; its target is seen as well. */
    private static String assigned(String query) {
        return query.replaceFirst(":?=", ", ");
    }

    private static boolean names(List<SyntaxNode> trees, Retired shape, boolean anyQualifier) {
        Set<String> ranges = new HashSet<>();
        trees.stream().flatMap(SyntaxNode::nodes).filter(node -> isRelation(node, shape))
                .forEach(node -> ranges.add(node.get("alias").isMissing()
                        ? node.string("relname")
                        : node.get("alias").string("aliasname")));
        if (ranges.isEmpty()) {
            return false;
        }
        return shape.columns().isEmpty() || namesColumn(trees, shape, anyQualifier ? Set.of() : ranges);
    }

    /** @param qualifiers that a column reference may have, besides none; empty where any will do */
    private static boolean namesColumn(List<SyntaxNode> trees, Retired shape, Set<String> qualifiers) {
        return trees.stream().flatMap(SyntaxNode::nodes).anyMatch(node -> {
            if (node.is("ColumnRef")) {
                List<String> fields = node.strings("fields");
                return !fields.isEmpty() && shape.columns().contains(fields.get(fields.size() - 1))
                        && (fields.size() == 1 || qualifiers.isEmpty()
                                || qualifiers.contains(fields.get(fields.size() - 2)));
            }
            if (node.is("InsertStmt") || node.is("UpdateStmt") || node.is("MergeWhenClause")) {
                return isWrittenBy(node, shape);
            }
            return Stream.of("attlist", "usingClause", "indirection").flatMap(field -> node.strings(field).stream())
                    .anyMatch(shape.columns()::contains);
        });
    }

    private static boolean isWrittenBy(SyntaxNode statement, Retired shape) {
        if (statement.has("relation") && !isRelation(statement.get("relation"), shape)) {
            return false;
        }
        return Stream.of(statement.list("cols"), statement.list("targetList"),
                statement.get("onConflictClause").list("targetList")).flatMap(List::stream)
                .anyMatch(target -> target.is("ResTarget") && shape.columns().contains(target.string("name")));
    }

    private static boolean isRelation(SyntaxNode node, Retired shape) {
        return node.string("relname").equals(shape.relation().name())
                && (node.string("schemaname").isEmpty() || node.string("schemaname").equals(shape.relation().schema()));
    }

    private boolean words(String text) {
        return routines.wordOf(text) || retired.stream().anyMatch(shape -> word(text, shape.relation().name())
                && (shape.columns().isEmpty() || shape.columns().stream().anyMatch(column -> word(text, column))));
    }

    static boolean word(String text, String name) {
        return Pattern.compile("(?<![\\w$])" + Pattern.quote(name.toLowerCase(Locale.ROOT)) + "(?![\\w$])")
                .matcher(text.toLowerCase(Locale.ROOT)).find();
    }
}
