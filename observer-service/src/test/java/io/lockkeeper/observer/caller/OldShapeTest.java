package io.lockkeeper.observer.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Watch.Retired;
import io.lockkeeper.messages.Watch.RetiredRoutine;

class OldShapeTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar(1);
    private static final RelationName ORDERS = RelationName.of("public", "orders");
    private final OldShape column = new OldShape(List.of(new Retired(ORDERS, List.of("note"))), GRAMMAR);
    private final OldShape table = new OldShape(List.of(new Retired(ORDERS, List.of())), GRAMMAR);

    private final OldShape routine = new OldShape(List.of(),
            List.of(new RetiredRoutine(RelationName.of("app", "submit"), List.of("jsonb"))), GRAMMAR);

    @AfterAll
    static void close() {
        GRAMMAR.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT note FROM orders WHERE id = $1", "SELECT o.note FROM public.orders AS o",
            "SELECT count(*) FROM items i JOIN orders o ON o.id = i.order_id WHERE o.note <> $1",
            "INSERT INTO orders (id, note) VALUES ($1, $2)", "UPDATE orders SET note = $1 WHERE id = $2",
            "INSERT INTO orders (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET note = $2",
            "DELETE FROM orders WHERE note IS NULL RETURNING id", "COPY orders (id, note) TO STDOUT",
            "PREPARE p AS SELECT note FROM orders", "WITH o AS (SELECT note FROM orders) SELECT * FROM o",
            "SELECT id FROM orders JOIN archive USING (note)", "EXPLAIN SELECT note FROM orders",
            "SELECT note FROM orders WHERE at > now() - interval $1",
            "MERGE INTO orders USING new ON new.id = orders.id WHEN MATCHED THEN UPDATE SET note = new.text"})
    void statementNamesTheColumn(String sql) {
        assertThat(column.namedByStatement(sql)).isTrue();
        assertThat(table.namedByStatement(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT note FROM customers", "SELECT id FROM orders", "SELECT * FROM orders",
            "SELECT c.note FROM customers c JOIN orders o ON o.customer = c.id", "SELECT id AS note FROM orders",
            "SELECT note FROM archive.orders", "ALTER TABLE orders RENAME COLUMN note TO remark",
            "INSERT INTO customers (note) SELECT id FROM orders", "VACUUM orders", "SELECT 'note' FROM orders"})
    void statementDoesNotNameTheColumn(String sql) {
        assertThat(column.namedByStatement(sql)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT app.submit($1)", "SELECT submit($1::jsonb)", "SELECT * FROM app.submit($1) AS s",
            "CALL app.submit($1)", "INSERT INTO log SELECT app.submit(payload) FROM inbox", "EXPLAIN SELECT submit()",
            "SELECT id FROM orders WHERE app.submit(note) > $1", "SELECT interval $1, app.submit($2)"})
    void statementCallsTheRoutine(String sql) {
        assertThat(routine.namedByStatement(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT app.submit_v2($1)", "SELECT other.submit($1)", "SELECT app.submit($1, $2)",
            "SELECT 'submit'", "ALTER FUNCTION app.submit(jsonb) RENAME TO x", "SELECT submit FROM orders",
            "CREATE FUNCTION app.submit(a jsonb) RETURNS int LANGUAGE sql AS 'SELECT 1'"})
    void statementDoesNotCallTheRoutine(String sql) {
        assertThat(routine.namedByStatement(sql)).isFalse();
    }

    @Test
    void bodyCallsTheRoutine() {
        assertThat(routine.namedByRoutine(sql("SELECT app.submit('{}')"))).isTrue();
        assertThat(routine.namedByRoutine(plpgsql("x := app.submit('{}'); RETURN x;"))).isTrue();
        assertThat(routine.namedByRoutine(plpgsql("PERFORM submit('{}'); RETURN 1;"))).isTrue();
        assertThat(routine.namedByRoutine(plpgsql("CALL app.submit('{}'); RETURN 1;"))).isTrue();
        assertThat(routine.namedByRoutine(plpgsql("EXECUTE 'SELECT submit($1)' USING x; RETURN x;"))).isTrue();
        assertThat(routine.namedByRoutine(plpgsql("x := app.submit_v2('{}'); RETURN x;"))).isFalse();
        assertThat(routine.missedBy("function app.submit(jsonb) does not exist", "")).isTrue();
        assertThat(routine.missedBy("function app.submit_v2(jsonb) does not exist", "SELECT submit()")).isFalse();
    }

    @Test
    void bodyNamesTheColumn() {
        assertThat(column.namedByRoutine(sql("SELECT note FROM orders"))).isTrue();
        assertThat(column.namedByRoutine(plpgsql("RETURN (SELECT o.note FROM orders o);"))).isTrue();
        assertThat(column.namedByRoutine(plpgsql("x := (SELECT note FROM orders LIMIT 1); RETURN x;"))).isTrue();
        assertThat(column.namedByRoutine(plpgsql("SELECT * INTO r FROM orders; RETURN r.note;"))).isTrue();
        assertThat(column.namedByRoutine(plpgsql("EXECUTE 'SELECT note FROM orders' INTO x; RETURN x;"))).isTrue();
    }

    @Test
    void bodyDoesNotNameTheColumn() {
        assertThat(column.namedByRoutine(sql("SELECT remark /* was note */ FROM orders"))).isFalse();
        assertThat(column.namedByRoutine(plpgsql("-- the note of orders\nRETURN (SELECT id FROM orders);"))).isFalse();
        assertThat(column.namedByRoutine(plpgsql("RETURN (SELECT note FROM customers);"))).isFalse();
    }

    @Test
    void triggerFunctionNamesTheColumnOfItsTable() {
        String body = "NEW.note := upper(NEW.note); RETURN NEW;";

        assertThat(column.namedByRoutine(plpgsql(body, List.of(ORDERS)))).isTrue();
        assertThat(column.namedByRoutine(plpgsql(body, List.of(RelationName.of("public", "customers"))))).isFalse();
    }

    private static Routine sql(String body) {
        return new Routine("f()", "1", "sql", body, "", List.of(), OptionalLong.empty());
    }

    private static Routine plpgsql(String statements) {
        return plpgsql(statements, List.of());
    }

    private static Routine plpgsql(String statements, List<RelationName> triggers) {
        String body = "DECLARE x text; r record; BEGIN " + statements + " END";
        String result = triggers.isEmpty() ? "text" : "trigger";
        return new Routine("f()", "1", "plpgsql", body,
                "CREATE FUNCTION f() RETURNS " + result + " LANGUAGE plpgsql AS $f$" + body + "$f$", triggers,
                OptionalLong.empty());
    }
}
