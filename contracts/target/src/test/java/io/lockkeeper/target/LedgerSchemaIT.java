package io.lockkeeper.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.vertx.sqlclient.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

@Timeout(60)
class LedgerSchemaIT {

    private static TestDatabase database;
    private static Session session;

    @BeforeAll
    static void open() {
        database = TestPostgres.shared().createDatabase("ledger");
        session = Session.open(TestTarget.VERTX, TestTarget.of(database), Role.MIGRATOR, "lockkeeper/test");
        session.execute(LedgerSchema.DDL);
    }

    @AfterAll
    static void close() {
        session.close();
        database.close();
    }

    @BeforeEach
    void createTables() {
        session.execute("""
                DROP SCHEMA IF EXISTS shop CASCADE;
                CREATE SCHEMA shop;
                CREATE TABLE shop.customers (id bigint PRIMARY KEY, name text NOT NULL);
                CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TABLE shop.orders (
                    id bigint PRIMARY KEY,
                    customer_id bigint,
                    total integer DEFAULT 0,
                    note varchar(20),
                    placed_at timestamptz DEFAULT '2020-01-01 00:00:00+00',
                    CONSTRAINT positive CHECK (total >= 0));
                CREATE INDEX orders_note ON shop.orders (note);
                CREATE UNIQUE INDEX orders_customer ON shop.orders (customer_id, id);
                CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
                INSERT INTO shop.customers VALUES (1, 'Ada');
                INSERT INTO shop.orders VALUES (1, 1, 5, 'x')""");
    }

    @Test
    void ledgerIsAppliedTwiceAndKeepsWhatItHolds() {
        session.execute("""
                INSERT INTO lockkeeper.plan (hash, release, body) VALUES ('h', 'r', '{}');
                INSERT INTO lockkeeper.run (id, target, release, plan_hash, state) VALUES ('run', 't', 'r', 'h', 'CLAIMED')
                """);
        List<String> before = catalog();
        session.execute(LedgerSchema.DDL);
        assertThat(catalog()).isEqualTo(before).hasSizeGreaterThan(100);
        assertThat(session.query("SELECT FROM lockkeeper.run")).hasSize(1);
        session.execute("DELETE FROM lockkeeper.run; DELETE FROM lockkeeper.plan");
    }

    @Test
    void runsMayBeOpenSideBySideAndOneGatePerRun() {
        session.execute("""
                INSERT INTO lockkeeper.plan (hash, release, body) VALUES ('h', 'r', '{}');
                INSERT INTO lockkeeper.run (id, target, release, plan_hash, state) VALUES
                    ('done', 't', 'r', 'h', 'COMPLETED'), ('gone', 't', 'r', 'h', 'ABORTED'), ('open', 't', 'r', 'h', 'HALTED'),
                    ('beside', 't', 'r', 'h', 'MIGRATING');
                INSERT INTO lockkeeper.gate (run, gate, attempt, state, plan_hash, marker) VALUES
                    ('open', 'armed', 1, 'PASSED', 'h', '0/1'), ('open', 'contract', 1, 'CLOSED', 'h', '0/2'),
                    ('open', 'contract', 2, 'OPEN', 'h', '0/3')""");
        assertThat(sqlState("INSERT INTO lockkeeper.gate (run, gate, attempt, state, plan_hash, marker)"
                + " VALUES ('open', 'finalize', 1, 'OPEN', 'h', '0/4')")).isEqualTo("23505");
        session.execute("DELETE FROM lockkeeper.gate; DELETE FROM lockkeeper.run; DELETE FROM lockkeeper.plan");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "ALTER TABLE shop.orders ADD COLUMN extra int",
            "ALTER TABLE shop.orders DROP COLUMN note",
            "ALTER TABLE shop.orders RENAME COLUMN note TO remark",
            "ALTER TABLE shop.orders ALTER COLUMN total TYPE bigint",
            "ALTER TABLE shop.orders ALTER COLUMN note TYPE varchar(30)",
            "ALTER TABLE shop.orders ALTER COLUMN note TYPE varchar(20) COLLATE \"C\"",
            "ALTER TABLE shop.orders ALTER COLUMN customer_id SET NOT NULL",
            "ALTER TABLE shop.orders ALTER COLUMN total SET DEFAULT 1",
            "ALTER TABLE shop.orders ALTER COLUMN total DROP DEFAULT",
            "ALTER TABLE shop.orders ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
            "ALTER TABLE shop.orders ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) STORED",
            "ALTER TABLE shop.orders ADD CONSTRAINT small CHECK (total < 1000)",
            "ALTER TABLE shop.orders ADD CONSTRAINT small CHECK (total < 1000) NOT VALID",
            "ALTER TABLE shop.orders DROP CONSTRAINT positive",
            "ALTER TABLE shop.orders RENAME CONSTRAINT positive TO not_negative",
            "ALTER TABLE shop.orders ADD CONSTRAINT customer_fk FOREIGN KEY (customer_id) REFERENCES shop.customers",
            "CREATE TABLE shop.items (order_id bigint REFERENCES shop.orders)",
            "CREATE INDEX orders_total ON shop.orders (total)",
            "DROP INDEX shop.orders_note",
            "ALTER INDEX shop.orders_note RENAME TO orders_remark",
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shop.orders_note'::regclass",
            "CREATE TRIGGER also BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch()",
            "ALTER TABLE shop.orders DISABLE TRIGGER touch",
            "DROP TRIGGER touch ON shop.orders",
            "CREATE OR REPLACE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.total := 0; RETURN NEW; END'",
            "ALTER TABLE shop.orders REPLICA IDENTITY FULL",
            "ALTER TABLE shop.orders SET UNLOGGED",
            "ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY",
            "CREATE POLICY own ON shop.orders USING (customer_id = 1)",
            "CREATE RULE quiet AS ON DELETE TO shop.orders DO INSTEAD NOTHING",
            "CREATE TABLE shop.old_orders () INHERITS (shop.orders)",
            "ALTER TABLE shop.orders RENAME TO sales",
            "DROP TABLE shop.orders"})
    void fingerprintChangesWith(String change) {
        String before = fingerprint("orders");
        session.execute(change);
        assertThat(fingerprint("orders")).isNotEqualTo(before);
    }

    @Test
    void everyReplicaIdentityHasItsFingerprint() {
        Set<String> fingerprints = new HashSet<>();
        for (String identity : List.of("DEFAULT", "FULL", "NOTHING", "USING INDEX orders_key")) {
            session.execute("CREATE UNIQUE INDEX IF NOT EXISTS orders_key ON shop.orders (id);"
                    + "ALTER TABLE shop.orders REPLICA IDENTITY " + identity);
            fingerprints.add(fingerprint("orders"));
        }
        session.execute("CREATE UNIQUE INDEX orders_other_key ON shop.orders (id)");
        fingerprints.add(fingerprint("orders"));
        session.execute("ALTER TABLE shop.orders REPLICA IDENTITY USING INDEX orders_other_key");
        fingerprints.add(fingerprint("orders"));
        assertThat(fingerprints).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "INSERT INTO shop.orders SELECT n, 1, n, 'y' FROM generate_series(10, 2000) n",
            "DELETE FROM shop.orders",
            "ANALYZE shop.orders",
            "REINDEX TABLE shop.orders",
            "TRUNCATE shop.orders",
            "ALTER TABLE shop.orders SET (fillfactor = 50)",
            "ALTER TABLE shop.orders ALTER COLUMN total SET STATISTICS 500",
            "COMMENT ON TABLE shop.orders IS 'sales'",
            "ALTER TABLE shop.customers ADD COLUMN extra int",
            "CREATE TABLE public.orders (id int)",
            """
            CREATE OR REPLACE FUNCTION lockkeeper_sync.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER zzzz_lockkeeper_1 BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION lockkeeper_sync.f()
            """})
    void fingerprintDoesNotChangeWith(String change) {
        String before = fingerprint("orders");
        session.execute(change);
        try {
            assertThat(fingerprint("orders")).isEqualTo(before);
        } finally {
            session.execute("DROP TABLE IF EXISTS public.orders;"
                    + " DROP FUNCTION IF EXISTS lockkeeper_sync.f() CASCADE");
        }
    }

    @Test
    void fingerprintDoesNotDependOnSettingsOfTheDatabase() throws SQLException {
        session.execute("ALTER TABLE shop.orders ADD CONSTRAINT odd CHECK (total * 0.1::float8 < 1e15"
                + " AND placed_at > '2000-01-01 00:00:00+00' AND placed_at - '2000-01-01 00:00:00+00' > '1 day 02:03:04')");
        String before = fingerprint("orders");
        for (String setting : List.of("search_path = shop, public", "TimeZone = 'Asia/Tokyo'", "DateStyle = 'German'",
                "IntervalStyle = 'iso_8601'", "extra_float_digits = -5", "quote_all_identifiers = on")) {
            database.execute("ALTER DATABASE " + database.name() + " SET " + setting);
        }
        try (Session other = Session.open(TestTarget.VERTX, TestTarget.of(database), Role.PLANNER,
                "lockkeeper/other")) {
            assertThat(other.query(LedgerSchema.FINGERPRINT, "shop", "orders").get(0).getString("fingerprint"))
                    .isEqualTo(before);
        } finally {
            database.execute("ALTER DATABASE " + database.name() + " RESET ALL");
        }
    }

    @Test
    void aNotNullThatIsNotYetValidIsAnotherFingerprint() {
        assumeThat(session.query("SELECT current_setting('server_version_num')::int AS v").get(0).getInteger("v"))
                .isGreaterThanOrEqualTo(180000);
        session.execute("ALTER TABLE shop.orders ADD CONSTRAINT has_customer NOT NULL customer_id NOT VALID");
        String unproven = fingerprint("orders");
        session.execute("ALTER TABLE shop.orders VALIDATE CONSTRAINT has_customer");
        assertThat(fingerprint("orders")).isNotEqualTo(unproven);
    }

    @Test
    void vacuumDoesNotChangeAFingerprint() throws SQLException {
        String before = fingerprint("orders");
        database.execute("VACUUM FULL shop.orders", "VACUUM ANALYZE shop.orders",
                "CLUSTER shop.orders USING orders_note");
        session.execute("ALTER TABLE shop.orders SET WITHOUT CLUSTER");
        assertThat(fingerprint("orders")).isEqualTo(before);
    }

    @Test
    void theSameTableMadeAgainHasTheSameFingerprint() {
        String before = fingerprint("orders");
        createTables();
        assertThat(fingerprint("orders")).isEqualTo(before);
    }

    @Test
    void aRelationThatIsNotThereIsAbsent() {
        assertThat(fingerprint("nothing")).isEqualTo("absent");
        assertThat(fingerprint("Orders")).isEqualTo("absent");
    }

    @Test
    void aViewsDefinitionIsPartOfItsFingerprint() {
        session.execute("CREATE VIEW shop.big AS SELECT id FROM shop.orders WHERE total > 10");
        String before = fingerprint("big");
        session.execute("CREATE OR REPLACE VIEW shop.big AS SELECT id FROM shop.orders WHERE total > 11");
        assertThat(fingerprint("big")).isNotEqualTo(before).isNotEqualTo("absent");
    }

    private static String fingerprint(String table) {
        List<Row> rows = session.query(LedgerSchema.FINGERPRINT, "shop", table);
        assertThat(rows).hasSize(1);
        return rows.get(0).getString("fingerprint");
    }

    private static List<String> catalog() {
        return session.query("""
                SELECT format('%s.%s %s %s', table_name, column_name, data_type, column_default) AS line
                FROM information_schema.columns WHERE table_schema = 'lockkeeper'
                UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'lockkeeper'
                ORDER BY 1""").stream().map(row -> row.getString("line")).toList();
    }

    private static String sqlState(String sql) {
        return catchThrowableOfType(SqlFailure.class, () -> session.execute(sql)).sqlState();
    }
}
