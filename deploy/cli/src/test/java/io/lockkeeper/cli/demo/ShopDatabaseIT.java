package io.lockkeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.cli.Installation;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.embedded.EmbeddedPostgres;

/** The roles of deploy/sql and the sample shop on a real server: the server is asked what each role may. */
class ShopDatabaseIT {

    private static final String DENIED = "42501";

    @TempDir
    static Path directory;

    private static EmbeddedPostgres server;
    private static HomeDirectory home;
    private static ShopDatabase shop;

    @BeforeAll
    static void fillTheShop() {
        home = new HomeDirectory(directory);
        server = EmbeddedPostgres.builder().fastUnsafe().start();
        shop = ShopDatabase.create(Installation.find(), home, server, "shop", 2_000);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void migratorMayDoWhatAReleaseNeedsWithoutBeingASuperuser() throws SQLException {
        allowed("migrator", "CREATE TABLE lockkeeper.probe (id int)");
        allowed("migrator", "SET ROLE shop_owner; CREATE PUBLICATION probe FOR TABLE public.orders");
        allowed("migrator", "DROP PUBLICATION probe");
        allowed("migrator", "SET ROLE shop_owner; ALTER TABLE public.orders ADD COLUMN probe int");
        allowed("migrator", "ALTER TABLE public.orders DROP COLUMN probe");
        allowed("migrator", "SET ROLE shop_owner; CREATE FUNCTION lockkeeper_sync.probe() RETURNS trigger"
                + " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
        allowed("migrator", "DROP FUNCTION lockkeeper_sync.probe()");
        allowed("migrator", "SELECT pg_logical_emit_message(true, 'lockkeeper.probe', '')");
        denied("migrator", "CREATE ROLE probe");
        denied("migrator", "ALTER SYSTEM SET work_mem = '1MB'");
        // What it must see: who blocks.
        try (Connection other = DriverManager.getConnection(shop.applicationUrl("shop/probe"));
                var holds = other.createStatement();
                Connection migrator = connect("migrator");
                var look = migrator.createStatement()) {
            other.setAutoCommit(false);
            holds.execute("LOCK TABLE orders IN ROW EXCLUSIVE MODE");
            try (var rows = look.executeQuery(
                    "SELECT query FROM pg_stat_activity WHERE application_name = 'shop/probe'")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).startsWith("LOCK TABLE");
            }
        }
    }

    @Test
    void observerReadsWatchedTablesAndTheLedgerAndWritesItsOwnSchemaAlone() throws SQLException {
        allowed("migrator", "CREATE TABLE lockkeeper.seen_by_observer (id int)");
        allowed("observer", "SELECT count(*) FROM public.orders");
        allowed("observer", "SELECT public.order_value(1)");
        allowed("observer", "SELECT * FROM lockkeeper.seen_by_observer");
        allowed("observer", "CREATE SCHEMA lockkeeper_observer CREATE TABLE state (id int)");
        allowed("observer", "SELECT setting FROM pg_settings WHERE name = 'data_directory'");
        denied("observer", "UPDATE public.orders SET status = 'x'");
        denied("observer", "INSERT INTO lockkeeper.seen_by_observer VALUES (1)");
        denied("observer", "CREATE TABLE public.probe (id int)");
    }

    @Test
    void changeStreamRoleMakesSlotsAndReadsAndNothingElse() throws SQLException {
        allowed("cdc", "SELECT pg_create_logical_replication_slot('probe', 'pgoutput')");
        allowed("cdc", "SELECT pg_drop_replication_slot('probe')");
        allowed("cdc", "SELECT count(*) FROM public.orders");
        denied("cdc", "DELETE FROM public.orders");
        denied("cdc", "CREATE SCHEMA probe");
    }

    @Test
    void plannerReadsCatalogAndLedgerAndNoRow() throws SQLException {
        allowed("migrator", "CREATE TABLE lockkeeper.seen_by_planner (id int)");
        allowed("planner", "SELECT pg_get_functiondef('public.order_value(bigint)'::regprocedure)");
        allowed("planner", "SELECT * FROM lockkeeper.seen_by_planner");
        denied("planner", "SELECT * FROM public.orders");
        denied("planner", "CREATE SCHEMA probe");
    }

    @Test
    void applicationChangesRowsAndNotTables() throws SQLException {
        try (Connection application = DriverManager.getConnection(shop.applicationUrl("shop/probe"))) {
            assertThatCode(() -> run(application, "UPDATE audit_log SET seen = true WHERE order_id = 1"))
                    .doesNotThrowAnyException();
            denied(application, "ALTER TABLE orders ADD COLUMN probe int");
            denied(application, "CREATE TABLE public.probe (id int)");
            denied(application, "SELECT * FROM lockkeeper.run");
        }
    }

    @Test
    void rolesCanBeMadeAgain() throws Exception {
        try (Connection superuser = shop.measure(); var statement = superuser.createStatement()) {
            statement.execute("SET lockkeeper.owner = 'shop_owner'; SET lockkeeper.application = 'shop_app'");
            statement.execute(Files.readString(Installation.find().rolesSql()));
        }
        allowed("observer", "SELECT count(*) FROM public.orders");
    }

    @Test
    void secretsAreReadableByTheirOwnerAlone() throws Exception {
        try (var secrets = Files.list(home.secrets())) {
            assertThat(secrets.toList()).hasSize(5).allSatisfy(file -> assertThat(
                    Files.getPosixFilePermissions(file).toString()).doesNotContain("GROUP", "OTHERS"));
        }
        assertThat(home.targets().resolve("shop.yaml")).content().contains("ownerRole: \"shop_owner\"")
                .contains("file:" + home.secrets()).doesNotContain(Files.readString(
                        home.secrets().resolve("embedded.lockkeeper_migrator")));
    }

    /** Without a release nothing fails, and what was written is found again under the new version's names. */
    @Test
    void workloadOfTheOldVersionRunsAndWhatItWroteIsFoundAgain() throws SQLException {
        ShopDatabase own = ShopDatabase.create(Installation.find(), home, server, "workload", 2_000);
        try (Workload workload = new Workload(version -> own.applicationUrl(version.applicationName()), 2_000, 7)) {
            workload.start(ShopVersion.ONE);
            await().atMost(Duration.ofSeconds(30)).until(() -> workload.tally().statements() > 1_000);
            workload.stopAll();
            assertThat(workload.tally().firstFailure()).isEmpty();
            assertThat(workload.tally().failures()).isZero();
            try (Connection measure = own.measure(); var statement = measure.createStatement()) {
                try (var broken = statement.executeQuery(
                        "SELECT id FROM orders WHERE amount <> order_value(id) LIMIT 1")) {
                    assertThat(broken.next()).isFalse();
                }
                statement.execute("ALTER TABLE orders RENAME COLUMN channel TO sales_channel");
                Workload.Check check = workload.check(measure);
                assertThat(check.orders()).isPositive();
                assertThat(check.wrong()).isZero();
                statement.execute("UPDATE orders SET sales_channel = 'lost'");
                assertThat(workload.check(measure).wrong()).isPositive();
            }
        }
    }

    /** The server names the waiting session whose blocker is one of ours, and no other. */
    @Test
    void aWaitBehindLockkeeperIsSeenAndOneBehindSomebodyElseIsNot() throws Exception {
        try (BlockedSessions blocked = new BlockedSessions(shop.measure());
                Connection ours = connect("migrator");
                Connection somebody = DriverManager.getConnection(shop.applicationUrl("reports"));
                Connection customer = DriverManager.getConnection(shop.applicationUrl("shop/1"))) {
            somebody.setAutoCommit(false);
            run(somebody, "SELECT FROM products WHERE id = 1 FOR UPDATE");
            waitBehind(customer, somebody, "SELECT FROM products WHERE id = 1 FOR UPDATE");
            assertThat(blocked.victims()).isZero();

            run(ours, "SET application_name = 'lockkeeper/executor/probe'");
            ours.setAutoCommit(false);
            run(ours, "LOCK TABLE public.products");
            waitBehind(customer, ours, "SELECT count(*) FROM products");
            assertThat(blocked.victims()).isEqualTo(1);
            assertThat(blocked.longest()).isBetween(Duration.ofMillis(150), Duration.ofSeconds(5));
            assertThat(blocked.broken()).isEmpty();
        }
    }

    /** Lets the statement wait until the sampler has had a few looks, then lets it through. */
    private static void waitBehind(Connection waiting, Connection holder, String sql) throws Exception {
        Thread thread = new Thread(() -> assertThatCode(() -> run(waiting, sql)).doesNotThrowAnyException());
        thread.start();
        try (Connection look = shop.measure(); var statement = look.createStatement()) {
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                try (var rows = statement.executeQuery("SELECT FROM pg_locks WHERE NOT granted"
                        + " AND clock_timestamp() - waitstart > interval '400 ms'")) {
                    return rows.next();
                }
            });
        }
        holder.rollback();
        thread.join();
    }

    private static Connection connect(String role) throws SQLException {
        try {
            return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + server.port() + "/shop",
                    "lockkeeper_" + role, Files.readString(home.secrets().resolve("embedded.lockkeeper_" + role)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void allowed(String role, String sql) throws SQLException {
        try (Connection connection = connect(role)) {
            assertThatCode(() -> run(connection, sql)).as("%s: %s", role, sql).doesNotThrowAnyException();
        }
    }

    private static void denied(String role, String sql) throws SQLException {
        try (Connection connection = connect(role)) {
            denied(connection, sql);
        }
    }

    private static void denied(Connection connection, String sql) {
        assertThatThrownBy(() -> run(connection, sql)).as(sql).isInstanceOfSatisfying(SQLException.class,
                failure -> assertThat(failure.getSQLState()).isEqualTo(DENIED));
    }
}
