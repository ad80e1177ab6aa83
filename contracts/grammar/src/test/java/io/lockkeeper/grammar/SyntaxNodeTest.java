package io.lockkeeper.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class SyntaxNodeTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar(1);

    @AfterAll
    static void close() {
        GRAMMAR.close();
    }

    @Test
    void fieldsReadLikePostgresOwnStructs() {
        SyntaxNode alter = tree("ALTER TABLE ONLY shop.orders ADD COLUMN note varchar(20) NOT NULL DEFAULT 'x'");

        assertThat(alter.is("AlterTableStmt")).isTrue();
        assertThat(alter.string("objtype")).isEqualTo("OBJECT_TABLE");
        assertThat(alter.get("relation").type()).isEmpty();
        assertThat(alter.get("relation").string("schemaname")).isEqualTo("shop");
        assertThat(alter.get("relation").string("relname")).isEqualTo("orders");
        assertThat(alter.get("relation").flag("inh")).isFalse();

        SyntaxNode command = alter.list("cmds").get(0);
        assertThat(command.type()).isEqualTo("AlterTableCmd");
        assertThat(command.string("subtype")).isEqualTo("AT_AddColumn");
        SyntaxNode column = command.get("def");
        assertThat(column.is("ColumnDef")).isTrue();
        assertThat(column.get("typeName").strings("names")).containsExactly("pg_catalog", "varchar");
        assertThat(column.get("typeName").integer("typemod")).isEqualTo(-1);
        assertThat(column.get("typeName").list("typmods").get(0).get("ival").integer("ival")).isEqualTo(20);
        assertThat(column.list("constraints")).extracting(node -> node.string("contype"))
                .containsExactly("CONSTR_NOTNULL", "CONSTR_DEFAULT");
    }

    @Test
    void absentFieldsAreEmpty() {
        SyntaxNode select = tree("SELECT 1");

        assertThat(select.has("whereClause")).isFalse();
        assertThat(select.find("whereClause")).isEmpty();
        assertThat(select.get("whereClause").isMissing()).isTrue();
        assertThat(select.get("whereClause").type()).isEmpty();
        assertThat(select.get("whereClause").get("lexpr").list("fields")).isEmpty();
        assertThat(select.get("whereClause").string("kind")).isEmpty();
        assertThat(select.get("whereClause").flag("any")).isFalse();
        assertThat(select.get("whereClause").integer("any")).isZero();
        assertThat(select.get("whereClause").location()).isEmpty();
        assertThat(select.get("whereClause").typedNodes()).isEmpty();
        assertThat(select.find("limitOption")).as("an enum is no node").isEmpty();
    }

    @Test
    void listsInsideListsAreReached() {
        SyntaxNode drop = tree("DROP TABLE a, shop.b");
        assertThat(drop.list("objects")).extracting(name -> name.strings("items").toString())
                .containsExactly("[a]", "[shop, b]");
        assertThat(drop.list("objects").get(1).items()).hasSize(2);
    }

    @Test
    void wrappedStringsReadAsText() {
        SyntaxNode routine = tree("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
        assertThat(routine.list("options").get(0).string("defname")).isEqualTo("language");
        assertThat(routine.list("options").get(0).string("arg")).isEqualTo("sql");
        assertThat(routine.list("options").get(1).strings("arg")).containsExactly("SELECT 1");
    }

    @Test
    void typedNodesComeParentsFirstInTheOrderOfTheText() {
        SyntaxNode select = tree("SELECT f(g(1)), h(2)");
        assertThat(select.typedNodes().filter(node -> node.is("FuncCall"))
                .map(call -> String.join(".", call.strings("funcname")))).containsExactly("f", "g", "h");
        assertThat(select.typedNodes().findFirst()).contains(select);
    }

    @Test
    void locationsAreKnownFromTheFirstCharacterOn() {
        SyntaxNode select = tree("VALUES (1)");
        SyntaxNode constant = select.list("valuesLists").get(0).items().get(0);
        assertThat(constant.location()).hasValue(8);
        assertThat(tree("CALL p()").get("funccall").location()).hasValue(5);
    }

    @Test
    void copiesCannotChangeTheTree() {
        SyntaxNode select = tree("SELECT 1");
        ((ObjectNode) select.json()).removeAll();
        assertThat(select.has("targetList")).isTrue();
        assertThat(select).isEqualTo(tree("SELECT 1")).hasSameHashCodeAs(tree("SELECT 1"));
        assertThat(select.toString()).startsWith("SelectStmt{");
    }

    private static SyntaxNode tree(String sql) {
        return ((Parsed) GRAMMAR.parse(sql)).statements().get(0).tree();
    }
}
