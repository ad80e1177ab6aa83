package io.lockkeeper.planner.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.postgres.TestScratch;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** Bodies that a plan leaves behind are found broken before anybody calls them, and sound ones are not. */
class BodyRunIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final String[] SCHEMA = {
            "CREATE TABLE orders (id bigint PRIMARY KEY, status text, amount integer, tags text[])",
            "CREATE TABLE log (id bigint, line text)",
            "CREATE TYPE verdict AS (id bigint, word text)",
            // What a variable stands for is known only to PL/pgSQL: none of these fails.
            """
            CREATE FUNCTION sound(p_id bigint, INOUT p_word text, p_row orders DEFAULT NULL) LANGUAGE plpgsql AS $$
            <<here>>
            DECLARE
              r record;
              o orders%ROWTYPE;
              a orders.amount%TYPE := 1;
              v verdict;
              list text[] := ARRAY['x'];
              total numeric(10, 2) DEFAULT 0;
              c CURSOR (n integer) FOR SELECT id, amount FROM orders WHERE amount > n;
            BEGIN
              SELECT * INTO o FROM orders WHERE id = sound.p_id AND amount > here.a;
              o.amount := o.amount + a;
              list[1] := o.tags[1];
              v := (o.id, 'x')::verdict;
              FOR r IN SELECT id, count(*) AS many FROM orders GROUP BY id ORDER BY many LOOP
                total := total + r.many * $1;
                INSERT INTO log VALUES (r.id, v.word || p_row.amount || list[1] || TG_OP) ON CONFLICT DO NOTHING;
              END LOOP;
              FOR i IN 1..3 LOOP UPDATE orders SET amount = amount + i WHERE id = i; END LOOP;
              FOR r IN c(1) LOOP PERFORM r.id; END LOOP;
              p_word := (SELECT max(line) FROM log WHERE id = p_id LIMIT a);
            EXCEPTION WHEN others THEN
              RAISE NOTICE '% %', SQLSTATE, SQLERRM;
            END $$""",
            """
            CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'UPDATE' AND NEW.amount IS DISTINCT FROM OLD.amount THEN INSERT INTO log VALUES (NEW.id, TG_NAME); END IF;
              NEW.amount := coalesce(NEW.amount, 0);
              RETURN NEW;
            END $$""",
            "CREATE TRIGGER touched BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touched()"};

    @TempDir
    static Path home;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @Test
    void bodiesThatNameWhatIsGoneAreFoundInBranchesThatNobodyTakes() throws Exception {
        try (TestDatabase shop = shop()) {
            shop.execute("""
                    CREATE FUNCTION rare() RETURNS bigint LANGUAGE plpgsql AS $$
                    BEGIN
                      IF false THEN RETURN (SELECT count(*) FROM orders WHERE status = 'new'); END IF;
                      RETURN 0;
                    END $$""", "CREATE FUNCTION plain() RETURNS text LANGUAGE sql AS 'SELECT max(status) FROM orders'",
                    "CREATE FUNCTION typed() RETURNS void LANGUAGE plpgsql AS $$ DECLARE s orders.status%TYPE; BEGIN END $$",
                    "CREATE FUNCTION filled() RETURNS text LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN"
                            + " SELECT * INTO r FROM orders LIMIT 1; RETURN r.status; END $$",
                    "CREATE FUNCTION always_broken() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT x FROM y); END $$");
            String drop = "CREATE FUNCTION fresh() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN IF false THEN RETURN"
                    + " (SELECT status2 FROM orders); END IF; RETURN 1; END $$; ALTER TABLE orders DROP COLUMN status;";
            assertThat(refusals(shop, drop)).allSatisfy(refusal -> {
                assertThat(refusal.code()).isEqualTo("routine-breaks");
                assertThat(refusal.message()).contains("status", "SQLSTATE 42");
            }).extracting(refusal -> refusal.message().replaceFirst("(?s).*routine (\\S+) fails.*", "$1"))
                    .containsExactlyInAnyOrder("public.rare()", "public.plain()", "public.typed()", "public.filled()",
                            "public.fresh()");

            String mended = Stream.of("rare() RETURNS bigint", "plain() RETURNS text", "typed() RETURNS void")
                    .map(one -> "CREATE OR REPLACE FUNCTION " + one
                            + " LANGUAGE plpgsql AS $$ BEGIN PERFORM amount FROM"
                            + " orders; END $$;")
                    .reduce("", String::concat);
            assertThat(refusals(shop, mended + drop, "public.filled()", "public.fresh()")).isEmpty();
        }
    }

    @Test
    void plpgsqlCheckIsAskedWhereItIsThere() throws Exception {
        try (TestDatabase shop = shop()) {
            // As the extension answers, which is not part of PostgreSQL.
            shop.execute("CREATE SCHEMA tools", """
                    CREATE FUNCTION tools.plpgsql_check_function(funcoid regprocedure, relid regclass DEFAULT 0) RETURNS SETOF text
                    LANGUAGE plpgsql AS $$
                    BEGIN
                      RETURN NEXT 'warning extra:00000:unused variable';
                      IF relid = 'orders'::regclass AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = relid AND attname = 'tags')
                      THEN RETURN NEXT 'error:42703:4:assignment:record "new" has no field "tags"'; END IF;
                    END $$""");
            assertThat(
                    refusals(shop, "ALTER TABLE orders DROP COLUMN tags;", "public.sound(bigint, text, public.orders)"))
                    .singleElement().satisfies(refusal -> assertThat(refusal.message())
                            .contains("public.touched()", "error:42703:4:assignment"));
        }
    }

    private static TestDatabase shop() throws Exception {
        TestDatabase shop = TestPostgres.shared().createDatabase("bodies_run");
        shop.execute(SCHEMA);
        TestTargets.add(home, "shop", shop);
        return shop;
    }

    /** @param dead routines that nobody calls */
    private static List<Refusal> refusals(TestDatabase shop, String sql, String... dead) throws Exception {
        List<Policy.PolicyException> exceptions = Stream.of(dead)
                .map(routine -> new Policy.PolicyException("routine-breaks", routine, "nobody calls it", "ann"))
                .toList();
        MigrationFile file = new MigrationFile("1", "V1__x.sql", MigrationFile.checksum(sql), sql, Optional.empty());
        ReleaseRequested release = new ReleaseRequested("shop", "r1",
                new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty()), List.of(file),
                List.of(), new Policy("demo", null, false, false, false, Policy.Rehearse.REQUIRED, exceptions));
        Rehearser rehearser = new Rehearser(TestScratch.on(VERTX, home, shop), GRAMMAR);
        PlanEvent event = new Planning(TestTargets.in(VERTX, home), new Planner(GRAMMAR), Optional.of(rehearser), 0)
                .plan(release, "event");
        return event instanceof PlanEvent.PlanRefused refused ? refused.refusals() : List.of();
    }
}
