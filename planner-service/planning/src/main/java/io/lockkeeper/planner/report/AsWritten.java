package io.lockkeeper.planner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.rewrite.Draft;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * Do a statement's steps run it as it is written? They do where their trees are its own, but for schemas that are put
 * before names and for an ALTER TABLE's subcommands that come one by one.
 */
final class AsWritten {

    private AsWritten() {}

    /** @param parsed of all actions of the steps */
    static boolean runs(SourceStatement statement, List<Draft> steps, StepStatements parsed) {
        if (steps.isEmpty()) {
            return true;
        }
        if (steps.stream()
                .anyMatch(step -> step.stage().gate().isPresent() || step.action() instanceof Action.RefreshView)) {
            return false;
        }
        List<SyntaxNode> trees = steps.stream().flatMap(step -> parsed.of(step.action()).stream())
                .map(SourceStatement::tree).filter(tree -> !setsSearchPath(tree)).toList();
        return shapes(trees).equals(shapes(List.of(statement.tree())));
    }

    private static boolean setsSearchPath(SyntaxNode tree) {
        return tree.is("VariableSetStmt") && tree.flag("is_local") && tree.string("name").equals("search_path");
    }

    private static List<String> shapes(List<SyntaxNode> trees) {
        List<String> shapes = new ArrayList<>();
        for (SyntaxNode tree : trees) {
            if (tree.is("AlterTableStmt")) {
                tree.list("cmds").forEach(command -> shapes.add(
                        tree.get("relation").string("relname") + " " + shape(command.json())));
            } else if (tree.is("CommentStmt") && tree.get("object").is("List")) {
                shapes.add(commented(tree) + " " + tree.string("comment"));
            } else {
                shapes.add(tree.type() + " " + shape(tree.json()));
            }
        }
        return shapes;
    }

    /** A column is named behind its table, everything else by itself; a schema may stand before either. */
    private static String commented(SyntaxNode tree) {
        List<String> names = tree.get("object").strings("items");
        int own = tree.string("objtype").equals("OBJECT_COLUMN") ? 2 : 1;
        return tree.string("objtype") + " " + names.subList(Math.max(0, names.size() - own), names.size());
    }

    /** Canonical text of a tree without places and schemas. */
    private static String shape(JsonNode node) {
        if (node.isArray()) {
            List<String> elements = new ArrayList<>();
            node.forEach(element -> elements.add(shape(element)));
            return elements.toString();
        }
        if (!node.isObject()) {
            return node.toString();
        }
        Map<String, String> fields = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            switch (field.getKey()) {
                case "schemaname", "location", "type_location", "name_location", "stmt_location", "rexpr_list_start",
                        "rexpr_list_end", "list_start", "list_end", "if_not_exists", "missing_ok" -> {
                    // Where it stands, in which schema, and what is known to be there: it comes to the same.
                }
                case "names", "funcname", "typeName", "collname", "opclass", "funcformat" -> fields.put(field.getKey(),
                        shape(last(field.getValue())));
                default -> fields.put(field.getKey(), shape(field.getValue()));
            }
        }
        return fields.toString();
    }

    private static JsonNode last(JsonNode names) {
        return names.isArray() && !names.isEmpty() ? names.get(names.size() - 1) : names;
    }
}
