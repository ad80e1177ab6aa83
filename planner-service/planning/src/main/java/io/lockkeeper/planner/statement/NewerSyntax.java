package io.lockkeeper.planner.statement;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Catalog;

/**
 * What the grammar of PostgreSQL 18 takes and an older server does not: each form, how it shows in the tree, and the version
 * that it came with. {@code docs/newer-syntax.md} is the same table for people; a test asks servers.
 */
public final class NewerSyntax {

    /** @param form for people, {@code since} the major version that it came with */
    public record Form(String form, int since, Predicate<SyntaxNode> shows) {}

    private static final int MAJOR = 10_000;
    private static final Set<String> CONSTRUCTORS = Set.of("JsonObjectConstructor", "JsonArrayConstructor",
            "JsonArrayQueryConstructor", "JsonObjectAgg", "JsonArrayAgg", "JsonIsPredicate");
    private static final Set<String> JSON_VALUES = Set.of("JsonScalarExpr", "JsonSerializeExpr", "JsonParseExpr",
            "JsonFuncExpr", "JsonTable");

    public static final List<Form> FORMS = List.of(
            new Form("MERGE", 15, node -> node.is("MergeStmt")),
            new Form("NULLS NOT DISTINCT", 15, node -> node.flag("nulls_not_distinct")),
            new Form("security_invoker", 15, node -> option(node, "security_invoker")),
            new Form("SET ACCESS METHOD", 15, node -> node.string("subtype").equals("AT_SetAccessMethod")),
            new Form("ON DELETE SET (columns)", 15, node -> node.has("fk_del_set_cols")),
            new Form("UNLOGGED SEQUENCE", 15, NewerSyntax::unloggedSequence),
            new Form("PUBLICATION FOR TABLES IN SCHEMA", 15, NewerSyntax::wholeSchema),
            new Form("PUBLICATION with WHERE or columns", 15, NewerSyntax::partOfTable),
            new Form("GRANT ON PARAMETER", 15, node -> node.string("objtype").equals("OBJECT_PARAMETER_ACL")),
            new Form("SQL/JSON constructors and IS JSON", 16, node -> CONSTRUCTORS.contains(node.type())),
            new Form("a subquery in FROM without a name", 16, node -> node.is("RangeSubselect") && !node.has("alias")),
            new Form("STORAGE of a new column", 16, node -> node.is("ColumnDef") && node.has("storage_name")),
            new Form("CREATE STATISTICS without a name", 16,
                    node -> node.is("CreateStatsStmt") && !node.has("defnames")),
            new Form("JSON_TABLE, JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_SCALAR, JSON_SERIALIZE, JSON()", 17,
                    node -> JSON_VALUES.contains(node.type())),
            new Form("MERGE … RETURNING", 17, node -> node.is("MergeStmt") && node.has("returningClause")),
            new Form("WHEN NOT MATCHED BY SOURCE", 17,
                    node -> node.string("matchKind").equals("MERGE_WHEN_NOT_MATCHED_BY_SOURCE")),
            new Form("SET EXPRESSION", 17, node -> node.string("subtype").equals("AT_SetExpression")),
            new Form("SET ACCESS METHOD DEFAULT", 17,
                    node -> node.string("subtype").equals("AT_SetAccessMethod") && !node.has("name")),
            new Form("AT LOCAL", 17, NewerSyntax::atLocal),
            new Form("the right MAINTAIN", 17, node -> node.string("priv_name").equals("maintain")),
            new Form("a VIRTUAL generated column", 18, node -> node.string("generated_kind").equals("v")),
            new Form("NOT NULL as a constraint of the table", 18, NewerSyntax::tableNotNull),
            new Form("NOT ENFORCED", 18, NewerSyntax::notEnforced),
            new Form("ALTER CONSTRAINT … ENFORCED, INHERIT", 18,
                    node -> node.flag("alterEnforceability") || node.flag("alterInheritability")),
            new Form("WITHOUT OVERLAPS, PERIOD", 18,
                    node -> node.flag("without_overlaps") || node.flag("fk_with_period")),
            new Form("RETURNING WITH (OLD, NEW)", 18, node -> node.get("returningClause").has("options")));

    private NewerSyntax() {}

    /** The newest form of the statement that the target does not know; none where no server was asked. */
    public static Optional<Form> find(SyntaxNode statement, Catalog catalog) {
        int major = major(catalog);
        if (catalog.offline() || FORMS.stream().noneMatch(form -> form.since() > major)) {
            return Optional.empty();
        }
        List<SyntaxNode> nodes = statement.nodes().toList();
        return FORMS.stream().filter(form -> form.since() > major && nodes.stream().anyMatch(form.shows()))
                .reduce((one, other) -> one.since() >= other.since() ? one : other);
    }

    /** Refuses what the target's parser would. */
    public static void refuse(SyntaxNode statement, Catalog catalog) {
        find(statement, catalog).ifPresent(form -> {
            throw new RefusedStatement("newer-syntax", message(form, catalog),
                    "The server would refuse it, half way through the release.",
                    "Write it as PostgreSQL " + major(catalog) + " has it, or release it once the target is on "
                            + form.since() + ".");
        });
    }

    public static String message(Form form, Catalog catalog) {
        return form.form() + " came with PostgreSQL " + form.since() + ", and the target is " + major(catalog);
    }

    private static int major(Catalog catalog) {
        return catalog.serverVersion() / MAJOR;
    }

    private static boolean option(SyntaxNode node, String name) {
        return (node.is("ViewStmt") ? node.list("options") : node.list("def")).stream()
                .anyMatch(option -> option.is("DefElem") && option.string("defname").equals(name));
    }

    private static boolean unloggedSequence(SyntaxNode node) {
        return node.is("CreateSeqStmt") && node.get("sequence").string("relpersistence").equals("u")
                || node.is("AlterTableStmt") && node.string("objtype").equals("OBJECT_SEQUENCE")
                        && node.list("cmds").stream().anyMatch(command -> command.string("subtype").endsWith("Logged"));
    }

    private static boolean partOfTable(SyntaxNode node) {
        return node.get("pubtable").has("whereClause") || node.get("pubtable").has("columns");
    }

    private static boolean wholeSchema(SyntaxNode node) {
        return node.string("pubobjtype").startsWith("PUBLICATIONOBJ_TABLES_IN");
    }

    private static boolean atLocal(SyntaxNode node) {
        return node.is("FuncCall") && node.string("funcformat").equals("COERCE_SQL_SYNTAX")
                && node.strings("funcname").equals(List.of("pg_catalog", "timezone")) && node.list("args").size() == 1;
    }

    /** On a column it is as old as SQL; as an element of its own, or by ALTER TABLE, it has columns and came late. */
    private static boolean tableNotNull(SyntaxNode node) {
        return node.string("contype").equals("CONSTR_NOTNULL") && node.has("keys");
    }

    private static boolean notEnforced(SyntaxNode node) {
        return (node.string("contype").equals("CONSTR_CHECK") || node.string("contype").equals("CONSTR_FOREIGN"))
                && !node.flag("is_enforced")
                || node.string("contype").startsWith("CONSTR_ATTR_") && node.string("contype").endsWith("ENFORCED");
    }
}
