package io.lockkeeper.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * A read-only view of one node of the parser's tree, named as in PostgreSQL's {@code parsenodes.h}.
 *
 * <p>The parser writes a node of variable kind as <code>{"ColumnDef": {"colname": "a"}}</code>; here that is a node of
 * type {@code ColumnDef} with the field {@code colname}. Where the field alone settles the kind, as in
 * {@code AlterTableStmt.relation}, the parser leaves the name out and {@link #type()} is empty.
 *
 * <p>The parser omits false, zero, the empty string and absent nodes alike, so reading an absent field is no error: it
 * gives an empty string, false, 0, an empty list, or a node that {@link #isMissing()} and whose own fields are absent.
 */
public final class SyntaxNode {

    private static final SyntaxNode MISSING = new SyntaxNode("", MissingNode.getInstance());

    private final String type;
    private final JsonNode fields;

    private SyntaxNode(String type, JsonNode fields) {
        this.type = type;
        this.fields = fields;
    }

    static SyntaxNode of(JsonNode json) {
        if (!json.isObject()) {
            return MISSING;
        }
        if (json.size() == 1) {
            Map.Entry<String, JsonNode> only = json.properties().iterator().next();
            // Fields begin with a small letter, names of node types with a capital one.
            if (Character.isUpperCase(only.getKey().charAt(0)) && only.getValue().isObject()) {
                return new SyntaxNode(only.getKey(), only.getValue());
            }
        }
        return new SyntaxNode("", json);
    }

    /** @return e.g. {@code AlterTableStmt}; empty where the parser does not say it */
    public String type() {
        return type;
    }

    public boolean is(String expectedType) {
        return type.equals(expectedType);
    }

    public boolean isMissing() {
        return fields.isMissingNode();
    }

    public boolean has(String field) {
        return fields.has(field);
    }

    /** @return the node in this field, or one that {@link #isMissing()} */
    public SyntaxNode get(String field) {
        return of(fields.path(field));
    }

    /** @return the node in this field, for callers who must tell present from absent */
    public Optional<SyntaxNode> find(String field) {
        return Optional.of(get(field)).filter(node -> !node.isMissing());
    }

    /** @return the elements of this field, also when the parser wrapped them in a {@code List} node */
    public List<SyntaxNode> list(String field) {
        JsonNode value = fields.path(field);
        JsonNode elements = value.isArray() ? value : value.path("List").path("items");
        List<SyntaxNode> nodes = new ArrayList<>(elements.size());
        elements.forEach(element -> nodes.add(of(element)));
        return List.copyOf(nodes);
    }

    /** @return the elements of a node that is itself a {@code List} */
    public List<SyntaxNode> items() {
        return list("items");
    }

    /**
     * @return the text in this field, also when the parser wrapped it in a {@code String} node; the name of the
     *         constant for an enum, e.g. {@code AT_AddColumn}; empty when absent
     */
    public String string(String field) {
        JsonNode value = fields.path(field);
        return value.isObject() ? value.path("String").path("sval").asText("") : value.asText("");
    }

    /** @return the texts of a list of {@code String} nodes, e.g. the parts of a qualified name */
    public List<String> strings(String field) {
        return list(field).stream().filter(node -> node.is("String")).map(node -> node.string("sval")).toList();
    }

    public boolean flag(String field) {
        return fields.path(field).asBoolean(false);
    }

    public int integer(String field) {
        return fields.path(field).asInt(0);
    }

    /** @return where the node stands, as an offset into its statement's text; empty when the parser does not say */
    public OptionalInt location() {
        int location = fields.path("location").asInt(-1);
        return location < 0 ? OptionalInt.empty() : OptionalInt.of(location);
    }

    /** @return this node and all nodes below it that have a type, parents first */
    public Stream<SyntaxNode> typedNodes() {
        return nodes().filter(node -> !node.type.isEmpty());
    }

    /** @return this node and all nodes below it, parents first */
    public Stream<SyntaxNode> nodes() {
        List<SyntaxNode> found = new ArrayList<>();
        // Not recursive: trees nest thousands of levels deep.
        Deque<SyntaxNode> pending = new ArrayDeque<>();
        pending.push(this);
        while (!pending.isEmpty()) {
            SyntaxNode node = pending.pop();
            found.add(node);
            List<SyntaxNode> below = node.children();
            for (int i = below.size() - 1; i >= 0; i--) {
                pending.push(below.get(i));
            }
        }
        return found.stream();
    }

    /** @return the nodes directly below this one, with and without a type, in the order of the fields */
    public List<SyntaxNode> children() {
        List<SyntaxNode> below = new ArrayList<>();
        fields.forEach(value -> collectNodes(value, below));
        return below;
    }

    private static void collectNodes(JsonNode value, List<SyntaxNode> nodes) {
        if (value.isObject()) {
            nodes.add(of(value));
        } else if (value.isArray()) {
            for (Iterator<JsonNode> elements = value.elements(); elements.hasNext();) {
                collectNodes(elements.next(), nodes);
            }
        }
    }

    /** @return a copy of the fields as the parser wrote them, without the node's own type */
    public JsonNode json() {
        return isMissing() ? fields : ParseTree.read(ParseTree.write(fields));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SyntaxNode that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return isMissing() ? "(missing)" : type + ParseTree.write(fields);
    }
}
