package io.lockkeeper.planner.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.plan.Sample;
import io.lockkeeper.planner.plan.TargetSnapshot;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.postgres.TestScratch;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** What only rows show: a rehearsal on some of the target's. */
class SampledRowsIT {

    private static final String SECRET = "4929-1234-5678";
    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @TempDir
    static Path home;

    private TestDatabase shop;
    private ScratchServer server;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @BeforeEach
    void create() throws Exception {
        shop = TestPostgres.shared().createDatabase("sampled");
        shop.execute("CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, card text,"
                + " friend bigint REFERENCES customers (id), loud text GENERATED ALWAYS AS (upper(card)) STORED)",
                "INSERT INTO customers (card, friend) SELECT '" + SECRET + "', nullif(n / 2, 0)"
                        + " FROM generate_series(1, 3000) AS n",
                "CREATE TABLE orders (id serial, at date, customer bigint REFERENCES customers, tags text[], data jsonb,"
                        + " PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
                "CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
                "CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                "INSERT INTO orders (at, customer, tags, data) SELECT date '2025-01-01' + n % 700, 1 + n % 3000,"
                        + " ARRAY['a,b', NULL, '\"'], '{\"x\": null}' FROM generate_series(1, 5000) AS n",
                "ALTER TABLE customers ADD CONSTRAINT short CHECK (length(card) < 3) NOT VALID",
                "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM gone;"
                        + " RETURN NEW; END $$",
                "CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()", "ANALYZE");
        TestTargets.add(home, "shop", shop);
        server = TestScratch.on(VERTX, home, shop);
    }

    @AfterEach
    void drop() {
        shop.close();
    }

    @Test
    void rowsComeWithAllThatTheyReferToAndAreTheSame() throws Exception {
        try (TargetSnapshot snapshot = snapshot(); ScratchDatabase copy = server.create()) {
            Sample sample = snapshot.sample(List.of(RelationName.of("public", "orders")), 7, snapshot.catalog());
            assertThat(sample.tables()).extracting(rows -> rows.table().name()).containsExactly("customers",
                    "orders_2025", "orders_2026");
            assertThat(sample.tables()).filteredOn(rows -> rows.table().name().startsWith("orders"))
                    .allSatisfy(rows -> assertThat(rows.rows()).hasSize(7));
            assertThat(snapshot.sample(List.of(RelationName.of("public", "orders")), 7, snapshot.catalog())).as("again")
                    .isEqualTo(sample);
            assertThat(sample.toString()).doesNotContain(SECRET);

            ScratchDatabase.Loaded loaded = copy.load(snapshot.schema(), sample);
            assertThat(loaded.missing()).isEmpty();
            assertThat(loaded.rows()).isEqualTo(sample.tables().stream().mapToLong(rows -> rows.rows().size()).sum());
            assertThat(copy.returnsRows("SELECT FROM public.customers HAVING count(*) = "
                    + sample.tables().get(0).rows().size() + " AND bool_and(loud = upper(card))")).isTrue();
            assertThat(copy.returnsRows("SELECT FROM public.orders WHERE tags::text <> '{\"a,b\",NULL,\"\\\"\"}'"
                    + " OR data <> '{\"x\": null}'")).isFalse();
            for (RelationName table : List.of(RelationName.of("public", "orders"),
                    RelationName.of("public", "customers"))) {
                assertThat(copy.fingerprint(table)).isEqualTo(snapshot.fingerprint(table));
            }
        }
    }

    @Test
    void valueThatDoesNotConvertFailsThePlanAndIsNotQuoted() throws Exception {
        String sql = "UPDATE customers SET friend = replace(card, 'x', '')::bigint;";
        shop.execute("ALTER TABLE customers DROP CONSTRAINT short");
        assertThat(plan(sql, 0)).isInstanceOf(PlanEvent.PlanProposed.class);
        Refusal refusal = refused(plan(sql, 50));
        assertThat(refusal.code()).isEqualTo("rehearsal-step-failed");
        assertThat(refusal.message()).contains("a sampled row is not taken", "22P02").doesNotContain(SECRET);
    }

    @Test
    void triggerThatFailsOnItsFirstRowFailsThePlan() {
        String sql = "UPDATE orders_2025 SET tags = NULL WHERE id > 0;";
        assertThat(plan(sql, 0)).isInstanceOf(PlanEvent.PlanProposed.class);
        assertThat(refused(plan(sql, 50)).message()).contains("relation \"gone\" does not exist");
    }

    @Test
    void whatTheReleaseInsertsGetsNumbersBehindTheSample() {
        String sql = "INSERT INTO orders (at) SELECT date '2025-05-05' FROM customers;";
        PlanEvent event = plan(sql, 50);
        assertThat(event).isInstanceOf(PlanEvent.PlanProposed.class);
        assertThat(((PlanEvent.PlanProposed) event).rehearsal().orElseThrow().sampledRows()).isGreaterThan(50);
    }

    @Test
    void aForeignKeyThatTheReleaseAddsFindsItsRowsToo() throws Exception {
        shop.execute("CREATE TABLE notes (id bigint PRIMARY KEY, customer bigint)",
                "INSERT INTO notes SELECT n, 3001 - n FROM generate_series(1, 2000) AS n", "ANALYZE");
        assertThat(plan("ALTER TABLE notes ADD FOREIGN KEY (customer) REFERENCES customers (id);", 20))
                .isInstanceOf(PlanEvent.PlanProposed.class);
    }

    @Test
    void tablesThatThePlannerCannotReadAreSaid() throws Exception {
        String reader = shop.name() + "_reader";
        shop.execute("CREATE ROLE " + reader + " LOGIN PASSWORD '" + shop.password() + "'",
                "GRANT SELECT ON orders, orders_2025, orders_2026 TO " + reader);
        TestTargets.add(home, "shop", shop,
                "  planner: { user: " + reader + ", password: \"file:" + home.resolve("shop.password") + "\" }");
        try (TargetSnapshot snapshot = snapshot()) {
            Sample sample = snapshot.sample(List.of(RelationName.of("public", "orders")), 7, snapshot.catalog());
            assertThat(sample.tables()).isEmpty();
            assertThat(sample.left()).containsExactly(
                    "rows of public.orders_2025: the planner's role cannot read all of public.customers",
                    "rows of public.orders_2026: the planner's role cannot read all of public.customers");
        } finally {
            shop.execute("DROP OWNED BY " + reader, "DROP ROLE " + reader);
        }
    }

    private PlanEvent plan(String sql, int sampledRows) {
        Application application = new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty());
        MigrationFile file = new MigrationFile("1", "V1__x.sql", MigrationFile.checksum(sql), sql, Optional.empty());
        return new Planning(TestTargets.in(VERTX, home), new Planner(GRAMMAR),
                Optional.of(new Rehearser(server, GRAMMAR)), sampledRows).rehearse(
                        new ReleaseRequested("shop", "r1", application, List.of(file), List.of(),
                                new Policy("demo", null, true, true, true, List.of())),
                        "event");
    }

    private static Refusal refused(PlanEvent event) {
        assertThat(event).isInstanceOf(PlanEvent.PlanRefused.class);
        return ((PlanEvent.PlanRefused) event).refusals().get(0);
    }

    private static TargetSnapshot snapshot() {
        return ((Targets.Open) TestTargets.in(VERTX, home).open("shop")).snapshot();
    }
}
