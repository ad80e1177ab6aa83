package io.lockkeeper.planner.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.planner.report.StepSql;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** What leaves of a table, by the catalog; that the application still writes under each list is asked of the server. */
class PublishedColumnsIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final String MARK = "ALTER TABLE orders ADD COLUMN mark text;";

    @TempDir
    static Path home;

    private TestDatabase shop;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @BeforeEach
    void create() throws Exception {
        shop = TestPostgres.shared().createDatabase("published");
        shop.execute("""
                CREATE TABLE orders (id int PRIMARY KEY, stock int, price numeric, secret text, parts int,
                  twice int GENERATED ALWAYS AS (parts * 2) STORED)""", "INSERT INTO orders VALUES (1, 1, 1, 'x')");
        TestTargets.add(home, "shop", shop);
    }

    @AfterEach
    void drop() {
        shop.close();
    }

    @Test
    void keyAndWhatRulesNameLeaveTheTable() throws Exception {
        assertThat(columns(MARK)).contains(List.of("id"));
        assertThat(columns(MARK, "after.stock >= 0 && double(after . price) > 0.0"))
                .contains(List.of("id", "stock", "price"));
        assertThat(columns("ALTER TABLE orders DROP COLUMN secret;")).contains(List.of("id"));
    }

    @Test
    void tableIsWholeWhereKeyOrNamedColumnDoesNotStayAsItIs() throws Exception {
        assertThat(columns("ALTER TABLE orders ALTER COLUMN id TYPE bigint;")).isEmpty();
        assertThat(columns("ALTER TABLE orders ALTER COLUMN stock TYPE bigint;", "after.stock >= 0")).isEmpty();
        assertThat(columns("ALTER TABLE orders DROP COLUMN stock;", "after.stock >= 0")).isEmpty();
        assertThat(columns(MARK, "after.mark == null")).isEmpty();
    }

    @Test
    void tableIsWholeWhereARuleDoesNotNameItsColumns() throws Exception {
        assertThat(columns(MARK, "after[\"stock\"] >= 0")).isEmpty();
        assertThat(columns(MARK, "after.size() > 3")).isEmpty();
        assertThat(columns(MARK, "after.twice >= 0")).isEmpty();
    }

    @Test
    void tableIsWholeWhereTheWholeRowIsItsIdentity() throws Exception {
        shop.execute("ALTER TABLE orders DROP COLUMN twice", "ALTER TABLE orders REPLICA IDENTITY FULL");
        assertThat(columns(MARK)).isEmpty();
    }

    @Test
    void columnsOfTheReplicaIdentityIndexLeaveTheTable() throws Exception {
        shop.execute("ALTER TABLE orders ALTER COLUMN stock SET NOT NULL",
                "CREATE UNIQUE INDEX by_stock ON orders (stock)",
                "ALTER TABLE orders REPLICA IDENTITY USING INDEX by_stock");
        assertThat(columns(MARK)).contains(List.of("stock"));
    }

    @Test
    void tableWithADeferrableKeyIsNotPublishedBecauseItsUpdatesWouldFail() throws Exception {
        shop.execute("ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (id) DEFERRABLE",
                "CREATE PUBLICATION p FOR TABLE orders");
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> shop.execute("UPDATE orders SET stock = 2"))
                .withMessageContaining("does not have a replica identity");
        shop.execute("DROP PUBLICATION p");
        assertThat(planned(MARK).watch().stream()).isEmpty();
    }

    /** Empty where the table is published whole. */
    private Optional<List<String>> columns(String sql, String... rules) throws SQLException {
        Plan plan = planned(sql, rules);
        assumeTrue(plan.serverVersion() >= 150_000, "column lists");
        Action.CreatePublication publication = plan.steps().stream().map(step -> step.action())
                .filter(Action.CreatePublication.class::isInstance).map(Action.CreatePublication.class::cast)
                .findFirst().orElseThrow();
        StepSql.of(publication).forEach(this::accepted);
        accepted("UPDATE orders SET stock = stock + 1, secret = 'y'");
        accepted("DELETE FROM orders WHERE id = 4711");
        accepted("DROP PUBLICATION " + publication.publication());
        assertThat(publication.tables()).containsExactly(RelationName.of("public", "orders"));
        return publication.columns().stream().map(Action.CreatePublication.ColumnList::columns).findFirst();
    }

    private void accepted(String sql) {
        try {
            shop.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql + ": " + e.getMessage(), e);
        }
    }

    private static Plan planned(String sql, String... rules) {
        Application application = new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty());
        MigrationFile file = new MigrationFile("1", "V1__x.sql", MigrationFile.checksum(sql), sql, Optional.empty());
        List<RowRule> stated = List.of(rules).stream().map(rule -> new RowRule("rule " + rule,
                RelationName.of("public", "orders"), rule, Severity.P1, Optional.empty(), Optional.empty(),
                Optional.empty())).toList();
        PlanEvent event = new Planning(TestTargets.in(VERTX, home), new Planner(GRAMMAR)).plan(
                new ReleaseRequested("shop", "r1", application, List.of(file), List.of(),
                        new Policy("demo", null, false, true, true, List.of()), List.of(), stated, List.of()),
                "event");
        assertThat(event).isInstanceOf(PlanEvent.PlanProposed.class);
        return ((PlanEvent.PlanProposed) event).plan();
    }
}
