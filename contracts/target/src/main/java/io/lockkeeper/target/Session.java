package io.lockkeeper.target;

import static java.util.Map.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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

    private static final Map<String, String> SETTINGS = Map.ofEntries(entry("lock_timeout", "1000"),
            entry("statement_timeout", "15000"), entry("idle_in_transaction_session_timeout", "10000"),
            // A hold on a target is idle between its steps.
            entry("idle_session_timeout", "0"), entry("client_connection_check_interval", "5000"),
            // "already exists, skipping" is news to nobody.
            entry("client_min_messages", "warning"),
            // What the server prints and converts must not depend on the settings of a role, a database or a host:
            // fingerprints are made of it, and values are compared by it.
            entry("search_path", "pg_catalog"), entry("client_encoding", "UTF8"), entry("DateStyle", "ISO"),
            entry("IntervalStyle", "postgres"), entry("TimeZone", "UTC"), entry("extra_float_digits", "1"),
            entry("quote_all_identifiers", "off"));

    private final PgConnection connection;
    private final List<Future<?>> queued = new ArrayList<>();
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
        Future<PgConnection> connecting = PgConnection.connect(vertx, options);
        PgConnection connection;
        try {
            connection = await(() -> connecting, CONNECT_DEADLINE);
        } catch (SqlFailure e) {
            connecting.onSuccess(PgConnection::close); // it may still come, after the deadline
            if (e.state() == SqlState.CONNECTION_LOST || "28000".equals(e.sqlState())) {
                Encryption.forget(target); // the server may be another one by now, or ask for another kind
            }
            throw e.state() == SqlState.CONNECTION_LOST ? unreachable(target, e.sqlState(), e) : e;
        } catch (IllegalArgumentException e) {
            throw refusedByDriver(target, target.credential(role), e);
        }
        Session session = new Session(connection);
        // Every failure reaches the caller whose statement it hits; without a handler it is printed as well.
        connection.exceptionHandler(ignored -> {});
        connection.closeHandler(ignored -> session.closed = true);
        return session;
    }

    static PgConnectOptions options(Target target, Role role, String applicationName) {
        Credential credential = target.credential(role);
        PgConnectOptions options = new PgConnectOptions().setHost(target.host()).setPort(target.port())
                .setDatabase(target.database()).setUser(credential.user())
                .setPassword(credential.readPassword().orElse(""))
                .setCachePreparedStatements(true).setPreparedStatementCacheMaxSize(256)
                .setPreparedStatementCacheSqlFilter(Session::neverChangesType)
                .setPipeliningLimit(64).setTcpKeepAlive(true)
                .setProperties(settings(applicationName));
        SslMode mode = SslMode.of(target.sslMode());
        if (mode == SslMode.PREFER) {
            mode = Encryption.preferred(target, CONNECT_DEADLINE);
        }
        if (mode == SslMode.REQUIRE && target.sslRootCertificate().isPresent()) {
            mode = SslMode.VERIFY_CA; // as libpq: who names an authority wants it asked
        }
        options.setSslMode(mode);
        if (mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL) {
            options.setPemTrustOptions(new PemTrustOptions().addCertPath(rootCertificate(target).toString()));
            options.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
        } else if (mode != SslMode.DISABLE) {
            options.setTrustAll(true); // as libpq: these encrypt without asking who answers
        }
        return options;
    }

    /**
     * What is asked of tables that a release changes must not be kept prepared: it would fail with 0A000. A team's own SQL
     * comes without parameters, so it is never kept, whatever it names.
     */
    private static boolean neverChangesType(String sql) {
        return sql.contains("$1") && (sql.contains("lockkeeper.") || sql.contains("lockkeeper_observer.")
                || sql.contains("pg_locks") || sql.contains("pg_class") || sql.contains("pg_trigger")
                || sql.contains("pg_stat_") || sql.contains("pg_replication_slots")
                // Counts and keys as text, whatever the table is.
                || sql.contains("AS changed_row"));
    }

    private static SqlFailure unreachable(Target target, String sqlState, RuntimeException e) {
        return new SqlFailure(sqlState, "cannot connect to target " + target.name() + " at " + target.host() + ":"
                + target.port() + ": " + e.getMessage(), e);
    }

    /** What the driver cannot do: a way to authenticate, or SCRAM without a password. */
    private static SqlFailure refusedByDriver(Target target, Credential credential, RuntimeException e) {
        if (credential.password().isEmpty()) {
            return new SqlFailure("28P01", "cannot connect to target " + target.name() + " at " + target.host() + ":"
                    + target.port() + ": the server asks for a password, and none is stated for " + credential.user(),
                    e);
        }
        return unreachable(target, "08001", e);
    }

    private static Map<String, String> settings(String applicationName) {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("application_name", limit(applicationName));
        return settings;
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

    /**
     * Runs one statement with bound parameters ({@code $1}…).
     *
     * @throws IllegalArgumentException if number or Java types of the parameters do not fit
     */
    public List<Row> query(String sql, Object... parameters) {
        return await(send(sql, parameters));
    }

    /**
     * Sends one statement of a transaction and does not wait: if it fails, so does the next one that is waited for, with
     * the failure of this one.
     */
    public Future<RowSet<Row>> queue(String sql, Object... parameters) {
        Future<RowSet<Row>> answer = send(sql, parameters);
        queued.add(answer);
        return answer;
    }

    /** As {@link #queue}, by the simple protocol. */
    public void queueScript(String script) {
        queued.add(sendScript(script));
    }

    /** Runs one or more statements without parameters by the simple protocol, in one round trip. */
    public void execute(String script) {
        answer(sendScript(script));
    }

    /** Queues one statement; its answer is had by {@link #await(Future)}. */
    public Future<RowSet<Row>> send(String sql, Object... parameters) {
        return connection.preparedQuery(sql).execute(Tuple.from(parameters));
    }

    public Future<RowSet<Row>> sendScript(String script) {
        return connection.query(script).execute();
    }

    public List<Row> await(Future<RowSet<Row>> answer) {
        RowSet<Row> rows = answer(answer);
        List<Row> list = new ArrayList<>(rows.size());
        rows.forEach(list::add);
        return list;
    }

    /** Rows that the last of these statements changed. */
    public long update(String sql, Object... parameters) {
        return answer(send(sql, parameters)).rowCount();
    }

    private RowSet<Row> answer(Future<RowSet<Row>> answer) {
        try {
            return await(() -> answer, null);
        } catch (SqlFailure e) {
            throw queued.stream().filter(Future::failed).map(Future::cause).map(Session::failure).findFirst().orElse(e);
        } finally {
            queued.clear(); // the server answers in order: those were over before
        }
    }

    /**
     * Runs {@code work} between BEGIN and COMMIT; rolls back and rethrows what it throws. If a statement failed and
     * {@code work} did not say so, that is state 25P02. If COMMIT's answer is lost, the caller gets a
     * {@link SqlState#CONNECTION_LOST} failure and must probe.
     */
    public <T> T transaction(Supplier<T> work) {
        queueScript("BEGIN");
        try {
            T result = work.get();
            // COMMIT of a failed transaction rolls back without an error; any other statement in it fails with 25P02.
            execute("SELECT 1; COMMIT");
            return result;
        } catch (RuntimeException | Error e) {
            rollback(e);
            throw e;
        }
    }

    private void rollback(Throwable cause) {
        queued.clear();
        if (closed) {
            return;
        }
        try {
            execute("ROLLBACK");
        } catch (SqlFailure e) {
            cause.addSuppressed(e);
        }
    }

    /** Asked of the catalog, so that a table that is not there is no error in the server's log. */
    public boolean tableExists(String schema, String table) {
        return query("""
                SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                               WHERE n.nspname = $1 AND c.relname = $2) AS there""", schema, table).get(0)
                .getBoolean("there");
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
        } catch (VertxException e) {
            throw failure(e);
        }
    }

    private static RuntimeException failure(Throwable cause) {
        if (cause instanceof PgException e) {
            return new SqlFailure(e.getSqlState(), e.getErrorMessage(), e);
        }
        if (cause instanceof IOException || cause instanceof VertxException || saysConnectionIsGone(cause)) {
            return new SqlFailure("08006", "connection lost: " + cause.getMessage(), cause);
        }
        // The driver refused the statement before it went out; its words may quote a parameter.
        return new IllegalArgumentException("the parameters do not fit the statement: " + cause.getClass().getName());
    }

    /** The driver has no type for it: these two and a parameter that does not fit are one class. */
    private static boolean saysConnectionIsGone(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.startsWith("Connection is not active")
                || message.startsWith("Pending requests failed to be sent");
    }

    private static String limit(String name) {
        return name.length() <= 63 ? name : name.substring(0, 63);
    }
}
