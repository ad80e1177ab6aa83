package io.lockkeeper.planner.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;

/**
 * What runs in no transaction lets go of its locks before anybody can look. So somebody holds a lock that it has to wait for:
 * while it waits, the server tells what it has and what it asks for.
 */
class OutsideTransactionIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    private static final String LOCKS = """
            SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
            WHERE l.pid = %d AND c.oid >= 16384 AND c.relnamespace = 'public'::regnamespace
            """;

    @TempDir
    Path home;

    private final ExecutorService threads = Executors.newSingleThreadExecutor();

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CREATE INDEX CONCURRENTLY i ON child (body)            | child   | ROW EXCLUSIVE
            DROP INDEX CONCURRENTLY child_note                     | child   | ROW EXCLUSIVE
            REINDEX INDEX CONCURRENTLY child_note                  | child   | ROW EXCLUSIVE
            REINDEX TABLE CONCURRENTLY child                       | child   | ROW EXCLUSIVE
            ALTER TABLE nodef DETACH PARTITION nodef_1 CONCURRENTLY | nodef_1 | ROW EXCLUSIVE
            ALTER TABLE nodef DETACH PARTITION nodef_1 CONCURRENTLY | nodef   | SHARE UPDATE EXCLUSIVE
            VACUUM child                                           | child   | SHARE UPDATE EXCLUSIVE
            VACUUM FULL child                                      | child   | ROW EXCLUSIVE
            """)
    void itTakesTheLocksThatItsAnalysisSays(String sql, String table, String held) throws Exception {
        try (AnalysisServer server = new AnalysisServer(VERTX, home, AnalysisServer.resource("schema.sql"));
                Connection holder = server.connect();
                Connection runner = server.database().connect();
                Connection onlooker = server.database().connect()) {
            Analysis analysis = new Analyzer(GRAMMAR).analyse(AnalysisServer.statements(GRAMMAR, "one.sql", sql).get(0),
                    server.catalog());
            assertThat(analysis.transactional()).isFalse();
            execute(holder, "LOCK TABLE ONLY " + table + " IN " + held + " MODE");
            Future<?> running = threads.submit(() -> {
                execute(runner, sql);
                return null;
            });
            while (!waits(onlooker, pid(runner), pid(holder))) {
                assertThat(running.isDone()).as("it has not waited for " + held + " on " + table).isFalse();
            }
            // Looked at only now, as it waits until the holder ends: what it had while it came here is not all.
            Map<String, LockMode> locks = locks(onlooker, pid(runner));
            holder.rollback();
            running.get();

            Map<String, LockMode> said = new TreeMap<>();
            for (Step.LockClaim claim : analysis.locks()) {
                said.put(claim.relation().name(), claim.mode());
                assertThat(claim.relation().schema()).isEqualTo("public");
            }
            locks.forEach((name, mode) -> {
                if (server.catalog().taken(RelationName.of("public", name))) {
                    assertThat(said.getOrDefault(name, LockMode.ACCESS_SHARE)).as(mode + " on " + name)
                            .isGreaterThanOrEqualTo(mode);
                }
            });
            assertThat(locks.get(table)).isEqualTo(said.get(table));
        } finally {
            threads.shutdown();
        }
    }

    private static boolean waits(Connection onlooker, int pid, int holder) throws SQLException {
        try (Statement statement = onlooker.createStatement();
                ResultSet found = statement
                        .executeQuery("SELECT " + holder + " = ANY (pg_blocking_pids(" + pid + "))")) {
            found.next();
            return found.getBoolean(1);
        }
    }

    private static Map<String, LockMode> locks(Connection onlooker, int pid) throws SQLException {
        Map<String, LockMode> locks = new TreeMap<>();
        try (Statement statement = onlooker.createStatement();
                ResultSet found = statement.executeQuery(LOCKS.formatted(pid))) {
            while (found.next()) {
                locks.merge(found.getString("relname"), ServerTrace.mode(found.getString("mode")),
                        (one, other) -> one.compareTo(other) > 0 ? one : other);
            }
        }
        return locks;
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
