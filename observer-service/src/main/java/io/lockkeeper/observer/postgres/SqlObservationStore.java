package io.lockkeeper.observer.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.observer.caller.CallerSoak;
import io.lockkeeper.observer.caller.Tripwire;
import io.lockkeeper.observer.invariant.LogWatch;
import io.lockkeeper.observer.observation.NumberedVerdict;
import io.lockkeeper.observer.observation.ObservationState;
import io.lockkeeper.observer.observation.ObservationStore;
import io.lockkeeper.observer.session.Soak;
import io.lockkeeper.target.Session;

public final class SqlObservationStore implements ObservationStore {

    /** First half of our advisory locks: "LKOB". */
    private static final int LOCK_SPACE = 0x4C4B4F42;
    private static final int SCHEMA_LOCK = 1;
    private static final int OBSERVER_LOCK = 2;

    private final TargetConnection connection;
    private Session claimedBy;

    public SqlObservationStore(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public boolean exists() {
        return !connection.session().query("""
                SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'lockkeeper_observer' AND c.relname = 'application_event'""").isEmpty();
    }

    @Override
    public void prepare() {
        prepare(connection.session());
    }

    static void prepare(Session session) {
        session.transaction(() -> {
            session.query("SELECT pg_advisory_xact_lock($1, $2)", LOCK_SPACE, SCHEMA_LOCK);
            // CREATE SCHEMA IF NOT EXISTS asks for CREATE on the database also where the schema is there already.
            if (session.query("SELECT 1 FROM pg_namespace WHERE nspname = 'lockkeeper_observer'").isEmpty()) {
                session.execute("CREATE SCHEMA lockkeeper_observer");
            }
            session.execute(ddl());
            return null;
        });
    }

    @Override
    public boolean claim() {
        Session session = connection.session();
        if (session == claimedBy) {
            return true;
        }
        boolean taken = session.query("SELECT pg_try_advisory_lock($1, $2) AS taken", LOCK_SPACE, OBSERVER_LOCK).get(0)
                .getBoolean("taken");
        claimedBy = taken ? session : null;
        return taken;
    }

    @Override
    public void countRoutineCalls() {
        SqlRoutineCounts.add(connection.session());
    }

    @Override
    public Optional<ObservationState> load(String run) {
        return connection.session().query(SELECT + " WHERE run = $1", run).stream().findFirst()
                .map(SqlObservationStore::state);
    }

    @Override
    public List<ObservationState> unretired() {
        return connection.session().query(SELECT + " WHERE NOT retired").stream().map(SqlObservationStore::state)
                .toList();
    }

    private static final String SELECT = """
            SELECT run, slot, mode, lost, lost_at, armed::text AS armed, baseline::text AS baseline,
                   soak::text AS soak, retired
            FROM lockkeeper_observer.observation""";

    private static ObservationState state(Row row) {
        return new ObservationState(row.getString("run"), Optional.ofNullable(row.getString("slot")),
                ObservationState.Mode.valueOf(row.getString("mode")), Optional.ofNullable(row.getString("lost")),
                Optional.ofNullable(row.getOffsetDateTime("lost_at")).map(OffsetDateTime::toInstant),
                Optional.ofNullable(row.getString("armed")).map(Lsn::parse),
                Optional.ofNullable(row.getString("baseline"))
                        .map(text -> Json.read(text, ObservationState.Baseline.class)),
                Optional.ofNullable(row.getString("soak")).map(text -> Json.read(text, Soak.class)),
                row.getBoolean("retired"));
    }

    @Override
    public void save(ObservationState state) {
        connection.session().update("""
                INSERT INTO lockkeeper_observer.observation (run, slot, mode, lost, lost_at, armed, baseline, retired)
                VALUES ($1, $2, $3, $4, $5, $6::text::pg_lsn, $7::text::jsonb, $8)
                ON CONFLICT (run) DO UPDATE SET slot = excluded.slot, mode = excluded.mode, lost = excluded.lost,
                    lost_at = excluded.lost_at, armed = excluded.armed, baseline = excluded.baseline, retired = excluded.retired,
                    updated_at = now()""", state.run(), state.slot().orElse(null), state.mode().name(),
                state.lost().orElse(null), state.lostAt().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null),
                state.armed().map(Lsn::toString).orElse(null),
                state.baseline().map(Json::write).orElse(null), state.retired());
    }

    @Override
    public void saveSoak(String run, Soak soak) {
        connection.session().update("""
                UPDATE lockkeeper_observer.observation SET soak = $2::text::jsonb, updated_at = now() WHERE run = $1""",
                run, Json.write(soak));
    }

    @Override
    public Optional<CallerSoak> loadCallers(String run) {
        return connection.session().query("""
                SELECT callers::text AS callers FROM lockkeeper_observer.observation
                WHERE run = $1 AND callers IS NOT NULL""", run).stream().findFirst()
                .map(row -> Json.read(row.getString("callers"), CallerSoak.class));
    }

    @Override
    public void saveCallers(String run, CallerSoak soak) {
        connection.session().update(
                """
                UPDATE lockkeeper_observer.observation SET callers = $2::text::jsonb, updated_at = now() WHERE run = $1""",
                run, Json.write(soak));
    }

    @Override
    public Optional<Tripwire.State> loadTripwire(String run) {
        return connection.session().query("""
                SELECT tripwire::text AS tripwire FROM lockkeeper_observer.observation
                WHERE run = $1 AND tripwire IS NOT NULL""", run).stream().findFirst()
                .map(row -> Json.read(row.getString("tripwire"), Tripwire.State.class));
    }

    @Override
    public void saveTripwire(String run, Tripwire.State state) {
        connection.session().update("""
                UPDATE lockkeeper_observer.observation SET tripwire = $2::text::jsonb, updated_at = now()
                WHERE run = $1""", run, Json.write(state));
    }

    @Override
    public Optional<LogWatch.State> loadLog(String run) {
        return connection.session().query("""
                SELECT log::text AS log FROM lockkeeper_observer.observation
                WHERE run = $1 AND log IS NOT NULL""", run).stream().findFirst()
                .map(row -> Json.read(row.getString("log"), LogWatch.State.class));
    }

    @Override
    public void saveLog(String run, LogWatch.State state) {
        connection.session().update("""
                UPDATE lockkeeper_observer.observation SET log = $2::text::jsonb, updated_at = now()
                WHERE run = $1""", run, Json.write(state));
    }

    @Override
    public void forgetStream(String run) {
        Session session = connection.session();
        session.transaction(() -> {
            session.update("DELETE FROM lockkeeper_observer.stream_offset WHERE run = $1", run);
            session.update("DELETE FROM lockkeeper_observer.stream WHERE run = $1", run);
            return null;
        });
    }

    @Override
    public NumberedVerdict append(Verdict verdict) {
        int number = connection.session().query("""
                INSERT INTO lockkeeper_observer.verdict (run, gate, attempt, number, decision, evidence_hash, given_at, body)
                SELECT $1, $2, $3, coalesce(max(v.number), 0) + 1, $4, $5, $6, $7::text::jsonb
                FROM lockkeeper_observer.verdict v WHERE v.run = $1 AND v.gate = $2 AND v.attempt = $3
                RETURNING number""", verdict.run(), verdict.gate().wireName(), verdict.gateAttempt(),
                verdict.decision().name(), verdict.evidenceHash(), verdict.at().atOffset(ZoneOffset.UTC),
                Json.write(verdict)).get(0).getInteger("number");
        return new NumberedVerdict(number, verdict);
    }

    @Override
    public Optional<NumberedVerdict> lastVerdict(String run, Gate gate, int attempt) {
        return connection.session().query("""
                SELECT number, body::text AS body FROM lockkeeper_observer.verdict
                WHERE run = $1 AND gate = $2 AND attempt = $3 ORDER BY number DESC LIMIT 1""", run, gate.wireName(),
                attempt).stream().findFirst().map(row -> new NumberedVerdict(row.getInteger("number"),
                        Json.read(row.getString("body"), Verdict.class)));
    }

    @Override
    public Optional<Instant> lastNoGo(String run, Gate gate, int attempt) {
        return connection.session().query("""
                SELECT given_at FROM lockkeeper_observer.verdict
                WHERE run = $1 AND gate = $2 AND attempt = $3 AND decision = 'NO_GO'
                ORDER BY number DESC LIMIT 1""", run, gate.wireName(), attempt).stream().findFirst()
                .map(row -> row.getOffsetDateTime("given_at").toInstant());
    }

    @Override
    public boolean gave(String run, Gate gate, int attempt, String evidenceHash) {
        return !connection.session().query("""
                SELECT 1 FROM lockkeeper_observer.verdict
                WHERE run = $1 AND gate = $2 AND attempt = $3 AND evidence_hash = $4 AND decision <> 'NO_GO'
                LIMIT 1""", run, gate.wireName(),
                attempt, evidenceHash).isEmpty();
    }

    private static String ddl() {
        try (InputStream in = SqlObservationStore.class.getResourceAsStream("observer.sql")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read observer.sql from the class path", e);
        }
    }
}
