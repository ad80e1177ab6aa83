package io.lockkeeper.planner.statement;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;

/**
 * A statement as written, with a schema put before every name that has none. Steps run with {@code search_path =
 * pg_catalog}, so that nobody can slip an object of the same name in between; what the team wrote keeps its wording and
 * means the same.
 */
public final class QualifiedText {

    private static final String SCHEMA = Identifier.quote(Catalog.DEFAULT_SCHEMA) + ".";
    private static final Set<String> SEQUENCE_FUNCTIONS = Set.of("nextval", "currval", "setval");
    private static final Set<String> SERIAL_TYPES = Set.of("serial", "serial2", "serial4", "serial8", "bigserial",
            "smallserial");

    private final String text;
    private final Catalog catalog;
    private final Tokens tokens;
    private final Map<Integer, String> insertions = new TreeMap<>();
    private final Set<String> commonTables = new HashSet<>();
    private final Set<RelationName> relations = new TreeSet<>();
    private boolean foreignOperators;

    private QualifiedText(SourceStatement statement, Catalog catalog) {
        this.text = statement.text();
        this.catalog = catalog;
        this.tokens = Tokens.of(text);
    }

    /** @throws RefusedStatement where a name is unknown, ambiguous or cannot be qualified */
    public static QualifiedText of(SourceStatement statement, Catalog catalog) {
        QualifiedText qualified = new QualifiedText(statement, catalog);
        JsonNode root = statement.tree().json();
        qualified.commonTables.addAll(root.findValuesAsText("ctename"));
        qualified.walk(statement.tree().type(), root);
        return qualified;
    }

    public Tokens tokens() {
        return tokens;
    }

    /** Every relation that the statement names, sorted: a plan must come out the same anywhere. */
    public Set<RelationName> relations() {
        return Collections.unmodifiableSet(relations);
    }

    /**
     * Does it use an operator symbol that is defined outside {@code pg_catalog}? Then its meaning depends on the search
     * path, whatever stands before its names.
     */
    public boolean usesForeignOperators() {
        return foreignOperators;
    }

    public String whole() {
        return slice(0, text.length());
    }

    public String slice(Tokens.Range range) {
        return slice(range.start(), range.end());
    }

    /** The text between two offsets of the original. */
    public String slice(int from, int to) {
        StringBuilder out = new StringBuilder();
        int at = from;
        for (Map.Entry<Integer, String> insertion : insertions.entrySet()) {
            int offset = insertion.getKey();
            if (offset >= from && offset < to) {
                out.append(text, at, offset).append(insertion.getValue());
                at = offset;
            }
        }
        return out.append(text, at, to).toString().strip();
    }

    /** Qualifies the name that begins at this token, for names whose place the parser does not tell. */
    public void qualifyNameAt(int token) {
        if (tokens.afterName(token) == token + 1) {
            insertions.put(tokens.list().get(token).start(), SCHEMA);
        }
    }

    /** Puts the schema before a {@code table.column}, whose place the parser does not tell. */
    public void qualifyAt(int token) {
        insertions.put(tokens.list().get(token).start(), SCHEMA);
    }

    private record Pending(String type, JsonNode node) {}

    // Not recursive: trees nest thousands of levels deep.
    private void walk(String rootType, JsonNode root) {
        Deque<Pending> pending = new ArrayDeque<>();
        pending.push(new Pending(rootType, root));
        while (!pending.isEmpty()) {
            Pending next = pending.pop();
            visit(next.type(), next.node());
            List<JsonNode> below = new ArrayList<>();
            next.node().forEach(below::add);
            for (JsonNode value : below) {
                if (value.isArray()) {
                    value.forEach(element -> push(pending, element));
                } else {
                    push(pending, value);
                }
            }
        }
    }

    private static void push(Deque<Pending> pending, JsonNode value) {
        if (!value.isObject()) {
            return;
        }
        if (value.size() == 1) {
            Map.Entry<String, JsonNode> only = value.properties().iterator().next();
            if (Character.isUpperCase(only.getKey().charAt(0)) && only.getValue().isObject()) {
                pending.push(new Pending(only.getKey(), only.getValue()));
                return;
            }
        }
        pending.push(new Pending("", value));
    }

    private void visit(String type, JsonNode node) {
        if (node.has("relname") && node.has("relpersistence")) {
            relation(node);
        } else if (node.has("names") && node.has("typemod")) {
            typeName(node);
        } else if (type.equals("FuncCall")) {
            function(node);
        } else if (type.equals("A_Expr")) {
            operator(node);
        } else if (type.equals("TypeCast")) {
            regclassCast(node);
        } else if (type.equals("CollateClause") || node.has("collname")) {
            collation(node);
        }
    }

    private void relation(JsonNode node) {
        String name = node.path("relname").asText();
        String schema = node.path("schemaname").asText("");
        if (!schema.isEmpty()) {
            relations.add(RelationName.of(schema, name));
        } else if (!commonTables.contains(name) && !name.startsWith("pg_")) {
            relations.add(RelationName.of(Catalog.DEFAULT_SCHEMA, name));
            insert(node);
        }
    }

    private void typeName(JsonNode node) {
        if (node.path("pct_type").asBoolean(false)) {
            throw new RefusedStatement("unsupported-type", "%TYPE is not supported", "",
                    "Write the type's name instead of %TYPE.");
        }
        List<String> names = names(node.path("names"));
        if (names.size() == 1 && !SERIAL_TYPES.contains(names.get(0))) {
            TypeNames.resolve(names, catalog);
            if (!catalog.types().containsKey(RelationName.of("pg_catalog", names.get(0)))) {
                insert(node);
            }
        }
    }

    private void function(JsonNode node) {
        List<String> names = names(node.path("funcname"));
        String name = names.get(names.size() - 1);
        if (names.size() == 1) {
            boolean builtin = catalog.symbols().builtinFunctions().containsKey(name);
            List<Routine> own = catalog.routinesNamed(RelationName.of(Catalog.DEFAULT_SCHEMA, name));
            if (builtin && own.stream().anyMatch(routine -> !routine.shadowsBuiltin())) {
                throw new RefusedStatement("ambiguous-function",
                        "function " + name + " exists in pg_catalog and in " + Catalog.DEFAULT_SCHEMA,
                        "Which of them is meant depends on argument types and the search path.",
                        "Write the schema before the function's name.");
            }
            if (!builtin && own.isEmpty()) {
                throw new RefusedStatement("no-such-function",
                        "function " + name + " exists neither in pg_catalog nor in " + Catalog.DEFAULT_SCHEMA, "",
                        "Write the schema before the function's name, or create it earlier in the release.");
            }
            if (!builtin) {
                insert(node);
            }
        }
        if (SEQUENCE_FUNCTIONS.contains(name)) {
            regclassLiteral(node.path("args").path(0).path("A_Const"));
        }
    }

    private void operator(JsonNode node) {
        List<String> names = names(node.path("name"));
        if (names.size() == 1 && catalog.symbols().foreignOperators().contains(names.get(0))) {
            foreignOperators = true;
        }
    }

    private void regclassCast(JsonNode node) {
        List<String> type = names(node.path("typeName").path("names"));
        if (!type.isEmpty() && type.get(type.size() - 1).equals("regclass")) {
            regclassLiteral(node.path("arg").path("A_Const"));
        }
    }

    /** {@code 'orders_id_seq'} names a relation too. */
    private void regclassLiteral(JsonNode constant) {
        String name = constant.path("sval").path("sval").asText("");
        int location = constant.path("location").asInt(-1);
        if (name.isEmpty() || location < 0 || name.contains(".") || name.startsWith("pg_")) {
            return;
        }
        if (text.charAt(location) != '\'') {
            throw new RefusedStatement("unqualified-name", "the name " + name + " in a string has no schema", "",
                    "Write it as '" + Catalog.DEFAULT_SCHEMA + "." + name + "'.");
        }
        insertions.put(location + 1, SCHEMA);
    }

    private void collation(JsonNode node) {
        List<String> names = names(node.path("collname"));
        if (names.size() == 1
                && catalog.symbols().collations()
                        .contains(RelationName.of(Catalog.DEFAULT_SCHEMA, names.get(0)))) {
            throw new RefusedStatement("unqualified-name", "collation " + names.get(0) + " has no schema", "",
                    "Write it as " + Catalog.DEFAULT_SCHEMA + "." + names.get(0) + ".");
        }
    }

    private void insert(JsonNode node) {
        int location = node.path("location").asInt(-1);
        if (location >= 0) {
            insertions.put(location, SCHEMA);
        }
    }

    static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.forEach(element -> names.add(element.path("String").path("sval").asText("")));
        return names;
    }
}
