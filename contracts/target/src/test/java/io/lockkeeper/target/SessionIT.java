package io.lockkeeper.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

@Timeout(60)
class SessionIT {

    private static TestDatabase database;
    private static Target target;

    private Session session;

    @BeforeAll
    static void create() throws Exception {
        database = TestPostgres.shared().createDatabase("session");
        target = TestTarget.of(database);
        database.execute("CREATE TABLE public.orders (id int PRIMARY KEY, note text)");
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @BeforeEach
    void open() {
        session = session("test");
        session.execute("TRUNCATE public.orders; INSERT INTO public.orders VALUES (1, 'one'), (2, NULL)");
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void aPasswordThatTheServerAsksForAndNobodyStatedIsNamed() {
        Target withoutPassword = new Target("shop",
                URI.create("postgresql://" + database.host() + ":" + database.port() + "/" + database.name()),
                Map.of("default", new Credential(database.user(), Optional.empty())), Optional.empty(),
                Optional.empty(), Map.of());
        assertThatExceptionOfType(SqlFailure.class)
                .isThrownBy(() -> Session.open(TestTarget.VERTX, withoutPassword, Role.PLANNER, "lockkeeper/test"))
                .withMessageEndingWith(
                        "the server asks for a password, and none is stated for " + database.user());
    }

    @Test
    void queryBindsParametersAndReturnsRows() {
        List<Row> rows = session.query("SELECT id, note FROM public.orders WHERE id = $1 OR note = $2 ORDER BY id", 2,
                "one");
        assertThat(rows).extracting(row -> row.getInteger("id")).containsExactly(1, 2);
        assertThat(rows.get(1).getString("note")).isNull();
        assertThat(session.query("SELECT $1::text AS value", "'; DROP TABLE orders; --").get(0).getString("value"))
                .isEqualTo("'; DROP TABLE orders; --");
    }

    @Test
    void scriptRunsSeveralStatementsAndStopsAtTheFirstThatFails() {
        assertThatExceptionOfType(SqlFailure.class).isThrownBy(() -> session.execute(
                "INSERT INTO public.orders VALUES (3, 'three'); SELECT 1/0; INSERT INTO public.orders VALUES (4, 'x')"))
                .withMessage("division by zero");
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void updateCountsRows() {
        assertThat(session.update("UPDATE public.orders SET note = $1", "x")).isEqualTo(2);
        assertThat(session.update("DELETE FROM public.orders WHERE id = $1", 9)).isZero();
    }

    @Test
    void pipelinedStatementsRunInOrder() {
        session.execute("BEGIN");
        List<Future<RowSet<Row>>> answers = new ArrayList<>();
        for (int i = 10; i < 60; i++) {
            answers.add(session.send("INSERT INTO public.orders VALUES ($1, $2)", i, "row " + i));
        }
        Future<RowSet<Row>> seen = session.send("SELECT count(*) AS n FROM public.orders");
        Future<RowSet<Row>> committed = session.sendScript("COMMIT");
        answers.forEach(session::await);
        assertThat(session.await(seen).get(0).getLong("n")).isEqualTo(52);
        session.await(committed);
        assertThat(count()).isEqualTo(52);
    }

    @Test
    void aFailedStatementOfAPipelineFailsThoseBehindIt() {
        session.execute("BEGIN");
        Future<RowSet<Row>> good = session.send("INSERT INTO public.orders VALUES (3, 'three')");
        Future<RowSet<Row>> bad = session.send("INSERT INTO public.orders VALUES (1, 'again')");
        Future<RowSet<Row>> behind = session.send("INSERT INTO public.orders VALUES (4, 'four')");
        session.await(good);
        assertThat(catchThrowableOfType(SqlFailure.class, () -> session.await(bad)).sqlState()).isEqualTo("23505");
        assertThat(catchThrowableOfType(SqlFailure.class, () -> session.await(behind)).sqlState()).isEqualTo("25P02");
        session.execute("ROLLBACK");
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void transactionCommitsWhatItReturns() {
        assertThat(session.<Long>transaction(() -> session.update("DELETE FROM public.orders"))).isEqualTo(2);
        assertThat(count()).isZero();
    }

    @Test
    void transactionRollsBackAndTheSessionGoesOn() {
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> session.transaction(() -> {
            session.update("DELETE FROM public.orders");
            throw new IllegalStateException("no");
        }));
        assertThatExceptionOfType(SqlFailure.class).isThrownBy(() -> session.transaction(() -> {
            session.update("DELETE FROM public.orders");
            return session.query("SELECT nothing");
        }));
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void aSwallowedFailureIsNotReportedAsCommitted() {
        assertThatExceptionOfType(SqlFailure.class).isThrownBy(() -> session.transaction(() -> {
            session.update("DELETE FROM public.orders");
            session.send("SELECT 1/0");
            return null;
        })).satisfies(failure -> assertThat(failure.sqlState()).isEqualTo("25P02"));
        assertThat(count()).isEqualTo(2);
        session.transaction(() -> session.update("DELETE FROM public.orders"));
        assertThat(count()).isZero();
    }

    @Test
    void aFailureAtCommitIsAFailure() {
        session.execute("""
                CREATE TABLE IF NOT EXISTS public.later (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);
                TRUNCATE public.later""");
        assertThat(catchThrowableOfType(SqlFailure.class,
                () -> session.transaction(() -> session.update("INSERT INTO public.later VALUES (1), (1)")))
                .sqlState()).isEqualTo("23505");
        assertThat(session.query("SELECT FROM public.later")).isEmpty();
    }

    @Test
    void aUniqueViolationTellsNoRowData() {
        session.execute("CREATE UNIQUE INDEX IF NOT EXISTS orders_note ON public.orders (note)");
        SqlFailure failure = catchThrowableOfType(SqlFailure.class,
                () -> session.query("INSERT INTO public.orders VALUES (3, $1), (4, $1)", "4711-secret"));
        assertThat(failure.sqlState()).isEqualTo("23505");
        assertThat(failure.state()).isEqualTo(SqlState.OTHER);
        assertThat(failure).hasMessage("duplicate key value violates unique constraint \"orders_note\"");
        assertThat(stackTrace(failure)).doesNotContain("4711-secret");
        session.execute("DROP INDEX public.orders_note");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT FROM public.nothing                         | 42P01 | UNDEFINED_OBJECT
            SELECT nothing FROM public.orders                  | 42703 | UNDEFINED_OBJECT
            SELECT nothing()                                   | 42883 | UNDEFINED_OBJECT
            SELECT 'x'::nothing                                | 42704 | UNDEFINED_OBJECT
            SELEC 1                                            | 42601 | OTHER
            DO $$BEGIN RAISE 'x' USING ERRCODE='40P01'; END$$  | 40P01 | DEADLOCK
            DO $$BEGIN RAISE 'x' USING ERRCODE='40001'; END$$  | 40001 | SERIALIZATION
            DO $$BEGIN RAISE 'x' USING ERRCODE='42501'; END$$  | 42501 | INSUFFICIENT_PRIVILEGE
            """)
    void failuresAreMapped(String sql, String code, SqlState state) {
        SqlFailure failure = catchThrowableOfType(SqlFailure.class, () -> session.query(sql));
        assertThat(failure.sqlState()).isEqualTo(code);
        assertThat(failure.state()).isEqualTo(state);
        assertThat(session.open()).isTrue();
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void anArgumentOfTheWrongTypeIsOurMistakeAndNoLostConnection() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> session.query("SELECT $1::int", "not a number"));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> session.query("SELECT $1::int"));
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void settingsAreInForce() {
        assertThat(setting("application_name")).isEqualTo("lockkeeper/test");
        assertThat(setting("search_path")).isEqualTo("pg_catalog");
        assertThat(setting("lock_timeout")).isEqualTo("1s");
        assertThat(setting("statement_timeout")).isEqualTo("15s");
        assertThat(setting("idle_in_transaction_session_timeout")).isEqualTo("10s");
        assertThat(setting("client_connection_check_interval")).isEqualTo("5s");
        assertThat(setting("TimeZone")).isEqualTo("UTC");
        assertThat(setting("DateStyle")).startsWith("ISO");
        assertThat(setting("IntervalStyle")).isEqualTo("postgres");
    }

    @Test
    void noSettingOfTheDatabaseEndsAnIdleSession() throws Exception {
        database.execute("ALTER DATABASE " + database.name() + " SET idle_session_timeout = '1min'");
        try (Session other = session("other")) {
            assertThat(other.query("SELECT current_setting('idle_session_timeout') AS value").get(0)
                    .getString("value")).isEqualTo("0");
        } finally {
            database.execute("ALTER DATABASE " + database.name() + " RESET idle_session_timeout");
        }
    }

    @Test
    void aLongApplicationNameIsCutAsTheServerWould() {
        try (Session other = session("x".repeat(100))) {
            assertThat(other.query("SELECT current_setting('application_name') AS value").get(0).getString("value"))
                    .hasSize(63);
        }
    }

    @Test
    void aLockHeldElsewhereTimesOut() {
        try (Session other = session("other")) {
            other.execute("BEGIN; LOCK TABLE public.orders IN ACCESS EXCLUSIVE MODE");
            session.execute("SET lock_timeout = '50ms'");
            SqlFailure failure = catchThrowableOfType(SqlFailure.class, this::count);
            assertThat(failure.state()).isEqualTo(SqlState.LOCK_NOT_AVAILABLE);
            assertThat(failure.state().retryable()).isTrue();
            other.execute("ROLLBACK");
            assertThat(count()).isEqualTo(2);
        }
    }

    @Test
    void cancelEndsTheStatementOfAnotherThread() {
        CompletableFuture<Throwable> outcome = CompletableFuture.supplyAsync(
                () -> catchThrowableOfType(SqlFailure.class, () -> session.query("SELECT pg_sleep(60)")));
        try (Session watcher = session("watcher")) {
            await().until(() -> !watcher.query(
                    "SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active' AND query LIKE '%pg_sleep(60)%'",
                    session.backendPid()).isEmpty());
            session.cancel();
            assertThat(outcome).succeedsWithin(Duration.ofSeconds(20))
                    .isInstanceOfSatisfying(SqlFailure.class,
                            failure -> assertThat(failure.state()).isEqualTo(SqlState.CANCELLED));
        }
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void aKilledConnectionIsSeenByWhoWaitsAndByWhoComesLater() {
        CompletableFuture<Throwable> outcome = CompletableFuture.supplyAsync(
                () -> catchThrowableOfType(SqlFailure.class, () -> session.query("SELECT pg_sleep(60)")));
        try (Session killer = session("killer")) {
            await().until(() -> !killer.query(
                    "SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active' AND query LIKE '%pg_sleep(60)%'",
                    session.backendPid()).isEmpty());
            killer.query("SELECT pg_terminate_backend($1)", session.backendPid());
        }
        assertThat(outcome).succeedsWithin(Duration.ofSeconds(20)).isInstanceOfSatisfying(SqlFailure.class,
                failure -> assertThat(failure.state()).isEqualTo(SqlState.CONNECTION_LOST));
        await().until(() -> !session.open());
        assertThat(catchThrowableOfType(SqlFailure.class, this::count).state()).isEqualTo(SqlState.CONNECTION_LOST);
        assertThat(catchThrowableOfType(SqlFailure.class, () -> session.transaction(this::count)).state())
                .isEqualTo(SqlState.CONNECTION_LOST);
    }

    @Test
    void aClosedSessionIsNotOpenAndMayBeClosedAgain() {
        session.close();
        assertThat(session.open()).isFalse();
        session.close();
        assertThat(catchThrowableOfType(SqlFailure.class, this::count).state()).isEqualTo(SqlState.CONNECTION_LOST);
    }

    @Test
    void aServerThatDoesNotAnswerIsNamed() throws Exception {
        int port;
        try (var socket = new java.net.ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Target nobody = new Target("shop", java.net.URI.create("postgresql://127.0.0.1:" + port + "/shop"),
                target.credentials(), target.ownerRole(), target.profile(), target.labels());
        assertThatExceptionOfType(SqlFailure.class)
                .isThrownBy(() -> Session.open(TestTarget.VERTX, nobody, Role.PLANNER, "lockkeeper/test"))
                .withMessageContaining("target shop").withMessageContaining("127.0.0.1:" + port)
                .satisfies(failure -> assertThat(failure.state()).isEqualTo(SqlState.CONNECTION_LOST));
    }

    @Test
    void aDatabaseThatIsNotThereIsTheServersWord() {
        Target missing = new Target("shop",
                java.net.URI.create("postgresql://" + database.host() + ":" + database.port() + "/no_such_database"),
                target.credentials(), target.ownerRole(), target.profile(), target.labels());
        assertThatExceptionOfType(SqlFailure.class)
                .isThrownBy(() -> Session.open(TestTarget.VERTX, missing, Role.PLANNER, "lockkeeper/test"))
                .withMessageContaining("no_such_database")
                .satisfies(failure -> assertThat(failure.sqlState()).isEqualTo("3D000"));
    }

    private long count() {
        return session.query("SELECT count(*) AS n FROM public.orders").get(0).getLong("n");
    }

    private String setting(String name) {
        return session.query("SELECT current_setting($1) AS value", name).get(0).getString("value");
    }

    private static Session session(String name) {
        return Session.open(TestTarget.VERTX, target, Role.MIGRATOR, "lockkeeper/" + name);
    }

    private static String stackTrace(Throwable failure) {
        var text = new java.io.StringWriter();
        failure.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }
}
