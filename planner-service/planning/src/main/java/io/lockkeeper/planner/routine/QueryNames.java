package io.lockkeeper.planner.routine;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.statement.Names;

/** Looks the names of one statement up as the server does, query by query from the outside in. */
final class QueryNames {

    private static final Set<String> QUERIES = Set.of("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt",
            "MergeStmt");
    /** Functions whose argument is the name of a sequence, looked up when the body runs. */
    private static final Set<String> OF_SEQUENCES = Set.of("nextval", "currval", "setval");

    private final BodyNames names;

    QueryNames(BodyNames names) {
        this.names = names;
    }

    /** @return the columns that the statement gives */
    Row read(SyntaxNode statement) {
        return query(statement, statement.type(), Scope.outermost());
    }

    Row query(SyntaxNode node, String type, Scope outer) {
        Scope around = outer.inner();
        for (SyntaxNode common : node.get("withClause").list("ctes")) {
            // Once more where it reads itself.
            around.addCommon(common.string("ctename"), Row.UNKNOWN);
            for (int pass = 0; pass < (node.get("withClause").flag("recursive") ? 2 : 1); pass++) {
                SyntaxNode inner = common.get("ctequery");
                around.addCommon(common.string("ctename"),
                        query(inner, inner.type(), around).renamed(common.strings("aliascolnames")));
            }
        }
        Scope scope = around.inner();
        return switch (type) {
            case "SelectStmt" -> select(node, scope);
            case "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt" -> new ChangeNames(this, names, scope)
                    .read(node, type);
            case "CreateTableAsStmt" -> {
                Row row = query(node.get("query"), node.get("query").type(), scope);
                names.makes(node.get("into").get("rel").string("relname"), row);
                yield row;
            }
            case "IndexStmt", "AlterTableStmt" -> {
                Row target = relation(node.get("relation"), scope);
                node.nodes().forEach(part -> names.found(target.column(part.string("name"))));
                yield Row.UNKNOWN;
            }
            case "CopyStmt" -> {
                if (node.has("relation")) {
                    Row target = relation(node.get("relation"), scope);
                    node.strings("attlist").forEach(column -> names.found(target.column(column)));
                }
                visitAll(node, scope, "query");
                yield Row.UNKNOWN;
            }
            default -> {
                visit(node, scope);
                yield Row.UNKNOWN;
            }
        };
    }

    private Row select(SyntaxNode node, Scope scope) {
        if (node.has("larg")) {
            // Both sides must have as many columns.
            Row left = query(node.get("larg"), "SelectStmt", scope);
            names.found(left.all());
            names.found(query(node.get("rarg"), "SelectStmt", scope).all());
            visitAll(node, scope, "limitOffset", "limitCount");
            return left;
        }
        node.list("fromClause").forEach(item -> from(item, scope));
        node.list("valuesLists").stream().flatMap(line -> line.items().stream())
                .forEach(value -> byPosition(value, scope));
        Row output = outputs(node.list("targetList"), scope);
        visitAll(node, scope, "distinctClause", "whereClause", "groupClause", "havingClause", "windowClause",
                "limitOffset", "limitCount");
        for (SyntaxNode sort : node.list("sortClause")) {
            List<String> name = sort.get("node").strings("fields");
            if (name.size() == 1 && output.column(name.get(0)).isPresent()) {
                names.found(output.column(name.get(0)));
            } else {
                visit(sort, scope);
            }
        }
        return output;
    }

    private Row outputs(List<SyntaxNode> targets, Scope scope) {
        return outputs(targets, scope, scope);
    }

    /** @param everything what {@code *} stands for */
    Row outputs(List<SyntaxNode> targets, Scope scope, Scope everything) {
        Map<String, Set<ColumnUse>> columns = new LinkedHashMap<>();
        for (SyntaxNode target : targets) {
            SyntaxNode value = target.get("val");
            if (star(value)) {
                starred(value, scope, everything).columns().forEach((name, origins) -> add(columns, name, origins));
            } else {
                visit(value, scope);
                add(columns, target.has("name") ? target.string("name") : outputName(value), Set.of());
            }
        }
        return new Row(columns);
    }

    private static void add(Map<String, Set<ColumnUse>> columns, String name, Set<ColumnUse> origins) {
        columns.merge(name, origins, (one, other) -> {
            Set<ColumnUse> both = new LinkedHashSet<>(one);
            both.addAll(other);
            return both;
        });
    }

    static boolean star(SyntaxNode value) {
        return value.is("ColumnRef") && value.list("fields").stream().anyMatch(field -> field.is("A_Star"));
    }

    private Row starred(SyntaxNode star, Scope scope, Scope everything) {
        List<String> qualifier = star.strings("fields");
        if (qualifier.isEmpty()) {
            return everything.everything();
        }
        String name = qualifier.get(qualifier.size() - 1);
        return scope.source(name).or(() -> names.variable(name)).orElse(Row.UNKNOWN);
    }

    private static String outputName(SyntaxNode value) {
        List<String> parts = value.is("ColumnRef") ? value.strings("fields") : value.strings("funcname");
        return value.is("TypeCast")
                ? outputName(value.get("arg"))
                : parts.isEmpty() ? "?column?" : parts.get(parts.size() - 1);
    }

    /** One of FROM; @return its columns */
    Row from(SyntaxNode item, Scope scope) {
        return switch (item.type()) {
            case "RangeVar" -> add(item, relation(item, scope), scope, item.string("relname"));
            case "RangeSubselect" -> {
                SyntaxNode query = item.get("subquery");
                Row row = query(query, query.type(), item.flag("lateral") ? scope : scope.outer());
                yield add(item, row, scope, "");
            }
            case "RangeFunction" -> {
                SyntaxNode function = item.list("functions").get(0).items().get(0);
                visitAll(item, scope, "functions");
                yield add(item, names.result(function), scope, outputName(function));
            }
            case "RangeTableSample" -> {
                visitAll(item, scope, "args");
                yield from(item.get("relation"), scope);
            }
            case "JoinExpr" -> {
                Row left = from(item.get("larg"), scope);
                Row right = from(item.get("rarg"), scope);
                item.strings("usingClause").forEach(name -> names.found(scope.column(name)));
                if (item.flag("isNatural")) {
                    left.columns().keySet().stream().filter(right.columns()::containsKey)
                            .forEach(name -> names.found(scope.column(name)));
                }
                visitAll(item, scope, "quals");
                Row both = left.and(right);
                item.find("alias").ifPresent(alias -> scope.add(alias.string("aliasname"), both));
                yield both;
            }
            default -> {
                visit(item, scope);
                yield add(item, Row.UNKNOWN, scope, "");
            }
        };
    }

    private Row add(SyntaxNode item, Row row, Scope scope, String name) {
        List<String> renamed = item.get("alias").strings("colnames");
        // The names in an alias are given by place.
        names.found(row.first(renamed.size()));
        Row known = row.renamed(renamed);
        scope.add(alias(item, name), known);
        return known;
    }

    static String alias(SyntaxNode item, String name) {
        return item.has("alias") ? item.get("alias").string("aliasname") : name;
    }

    static List<String> named(SyntaxNode rangeVar) {
        return rangeVar.has("schemaname")
                ? List.of(rangeVar.string("schemaname"), rangeVar.string("relname"))
                : List.of(rangeVar.string("relname"));
    }

    /** A query in WITH hides a table. */
    private Row relation(SyntaxNode rangeVar, Scope scope) {
        List<String> name = named(rangeVar);
        return (name.size() == 1 ? scope.common(name.get(0)) : Optional.<Row>empty()).orElseGet(() -> {
            Row row = names.table(name);
            return row.columns().isEmpty() ? names.madeHere(rangeVar.string("relname")) : row;
        });
    }

    void visitAll(SyntaxNode node, Scope scope, String... fields) {
        for (String field : fields) {
            Stream.concat(node.list(field).stream(), node.find(field).stream()).forEach(part -> visit(part, scope));
        }
    }

    private void byPosition(SyntaxNode value, Scope scope) {
        if (star(value)) {
            names.found(starred(value, scope, scope).all());
        } else {
            visit(value, scope);
        }
    }

    void visit(SyntaxNode node, Scope scope) {
        if (QUERIES.contains(node.type())) {
            query(node, node.type(), scope);
            return;
        }
        switch (node.type()) {
            case "ColumnRef" -> column(node, scope);
            case "ParamRef" -> names.reference(node.location().orElse(-1), List.of("$" + node.integer("number")));
            case "A_Indirection" -> indirection(node, scope);
            case "TypeCast" -> {
                List<String> type = node.get("typeName").strings("names");
                names.table(type);
                if (type.get(type.size() - 1).equals("regclass")) {
                    inText(node.get("arg"));
                }
            }
            default -> {
                if (node.has("funcname")) {
                    names.called(node);
                    if (OF_SEQUENCES.contains(outputName(node))) {
                        node.list("args").stream().limit(1).forEach(this::inText);
                    }
                } else if (node.has("relname")) {
                    relation(node, scope);
                }
            }
        }
        node.children().forEach(child -> visit(child, scope));
    }

    private void inText(SyntaxNode constant) {
        String text = constant.get("sval").string("sval");
        if (!text.isEmpty()) {
            Names.inText(text).ifPresent(name -> names.table(
                    text.contains(".") ? List.of(name.schema(), name.name()) : List.of(name.name())));
        }
    }

    /** {@code (row).column}. */
    private void indirection(SyntaxNode node, Scope scope) {
        SyntaxNode of = node.get("arg");
        List<String> name = of.is("ParamRef") ? List.of("$" + of.integer("number")) : of.strings("fields");
        for (String field : node.strings("indirection")) {
            if (name.size() == 1) {
                uses(List.of(name.get(0), field), scope);
            } else if (of.has("funcname")) {
                names.found(names.result(of).column(field));
            }
        }
    }

    private void column(SyntaxNode reference, Scope scope) {
        List<String> name = reference.strings("fields");
        if (star(reference) ? name.size() == 1 && scope.source(name.get(0)).isEmpty() : !uses(name, scope)) {
            names.reference(reference.location().orElse(-1), name);
        }
    }

    /** @return is it a name of the query's own? Else it is a variable's, or nobody's */
    private boolean uses(List<String> name, Scope scope) {
        String last = name.get(name.size() - 1);
        Optional<Set<ColumnUse>> found = name.size() == 1
                ? names.meansVariable(last)
                        ? Optional.empty()
                        : scope.column(last).or(() -> scope.source(last)
                                .map(row -> Set.<ColumnUse>of()))
                : scope.source(name.get(name.size() - 2)).map(row -> row.column(last).orElse(Set.of()));
        found.ifPresent(names::found);
        if (found.isEmpty() && name.size() > 1) {
            names.field(name.get(0), name.get(1));
        }
        return found.isPresent();
    }
}
