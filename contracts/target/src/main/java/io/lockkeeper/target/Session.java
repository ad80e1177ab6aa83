package io.lockkeeper.target;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/**
 * One direct connection, used by one thread at a time, blocking it: a lock, an advisory lock and the settings live with
 * it. Statements may be pipelined with {@link #send} and {@link #sendScript}; everything else waits for the answer.
 * Never used on an event loop.
 *
 * <p>
 * Every session starts under {@code lock_timeout} 1 s and {@code statement_timeout} 15 s; who needs others sets them.
 */
public final class Session implements AutoCloseable {

    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(15);

    private final PgConnection connection;
    private volatile boolean closed;

    private Session(PgConnection connection) {
        this.connection = connection;
    }

    /**
     * @param applicationName {@code lockkeeper/<service>/…}: how we are told apart from the application, at most 63 bytes
     * @throws SqlFailure      if the server refuses or cannot be reached (state 08xxx)
     * @throws TargetException if the credential cannot be read
     */
    public static Session open(Vertx vertx, Target target, Role role, String applicationName) {
        PgConnectOptions options = options(target, role, applicationName);
        PgConnection connection = await(() -> PgConnection.connect(vertx, options), CONNECT_DEADLINE);
        Session session = new Session(connection);
        connection.closeHandler(ignored -> session.closed = true);
        return session;
    }

    static PgConnectOptions options(Target target, Role role, String applicationName) {
        Credential credential = target.credential(role);
        PgConnectOptions options = new PgConnectOptions().setHost(target.host()).setPort(target.port())
                .setDatabase(target.database()).setUser(credential.user())
                .setPassword(credential.readPassword().orElse(""))
                .setCachePreparedStatements(false) // our statements span schema changes: a cached plan would fail with 0A000
                .setPipeliningLimit(64).setTcpKeepAlive(true)
                .setProperties(Map.of("application_name", limit(applicationName), "search_path", "pg_catalog",
                        "lock_timeout", "1000", "statement_timeout", "15000", "idle_in_transaction_session_timeout",
                        "10000",
                        "client_connection_check_interval", "5000", "DateStyle", "ISO", "client_encoding", "UTF8"));
        SslMode mode = SslMode.of(target.sslMode());
        options.setSslMode(mode);
        if (mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL) {
            options.setPemTrustOptions(new PemTrustOptions().addCertPath(rootCertificate(target).toString()));
            options.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
        } else if (mode != SslMode.DISABLE) {
            options.setTrustAll(true); // as libpq: these encrypt without asking who answers
        }
        return options;
    }

    private static Path rootCertificate(Target target) {
        Path file = target.sslRootCertificate().orElseThrow(() -> new TargetException("target " + target.name()
                + ": sslmode " + target.sslMode() + " needs the certificate of the authority that signed the server's:"
                + " add &sslrootcert=/path/to/ca.pem to the url"));
        if (!Files.isReadable(file)) {
            throw new TargetException("target " + target.name() + ": cannot read sslrootcert " + file);
        }
        return file;
    }

    /** Runs one statement with bound parameters ({@code $1}…). */
    public List<Row> query(String sql, Object... parameters) {
        return await(send(sql, parameters));
    }

    /** Runs one or more statements without parameters by the simple protocol, in one round trip. */
    public void execute(String script) {
        await(sendScript(script));
    }

    /** Queues one statement; its answer is had by {@link #await(Future)}. */
    public Future<RowSet<Row>> send(String sql, Object... parameters) {
        return connection.preparedQuery(sql).execute(Tuple.from(parameters));
    }

    public Future<RowSet<Row>> sendScript(String script) {
        return connection.query(script).execute();
    }

    public List<Row> await(Future<RowSet<Row>> answer) {
        RowSet<Row> rows = await(() -> answer, null);
        List<Row> list = new ArrayList<>(rows.size());
        rows.forEach(list::add);
        return list;
    }

    /** Rows that the last of these statements changed. */
    public long update(String sql, Object... parameters) {
        return await(() -> send(sql, parameters), null).rowCount();
    }

    /**
     * Runs {@code work} between BEGIN and COMMIT; rolls back and rethrows what it throws. If COMMIT's answer is lost, the
     * caller gets a {@link SqlState#CONNECTION_LOST} failure and must probe.
     */
    public <T> T transaction(Supplier<T> work) {
        execute("BEGIN");
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            rollback(e);
            throw e;
        }
        execute("COMMIT");
        return result;
    }

    private void rollback(Throwable cause) {
        if (closed) {
            return;
        }
        try {
            execute("ROLLBACK");
        } catch (SqlFailure e) {
            cause.addSuppressed(e);
        }
    }

    public int backendPid() {
        return connection.processId();
    }

    /** Asks the server to cancel what this session runs; returns at once. Safe from any thread. */
    public void cancel() {
        connection.cancelRequest();
    }

    public boolean open() {
        return !closed;
    }

    /** The raw connection, for notices and what this class does not cover. */
    public PgConnection connection() {
        return connection;
    }

    @Override
    public void close() {
        closed = true;
        try {
            await(connection::close, Duration.ofSeconds(5));
        } catch (SqlFailure e) {
            // The connection is gone either way: that was the aim.
        }
    }

    private static <T> T await(Supplier<Future<T>> call, Duration deadline) {
        try {
            var answer = call.get().toCompletionStage().toCompletableFuture();
            return deadline == null ? answer.get() : answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SqlFailure("57014", "interrupted while waiting for the server", e);
        } catch (TimeoutException e) {
            throw new SqlFailure("08001", "no answer from the server within " + deadline.toSeconds() + " s", e);
        } catch (ExecutionException | CompletionException e) {
            throw failure(e.getCause());
        } catch (VertxException | IllegalStateException e) {
            throw failure(e);
        }
    }

    private static SqlFailure failure(Throwable cause) {
        if (cause instanceof PgException e) {
            return new SqlFailure(e.getSqlState(), e.getErrorMessage(), e);
        }
        return new SqlFailure("08006", "connection lost: " + cause.getClass().getSimpleName(), cause);
    }

    private static String limit(String name) {
        return name.length() <= 63 ? name : name.substring(0, 63);
    }
}
