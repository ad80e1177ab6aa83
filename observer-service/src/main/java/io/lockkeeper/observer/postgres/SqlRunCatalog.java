package io.lockkeeper.observer.postgres;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

import com.fasterxml.jackson.core.type.TypeReference;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import org.jboss.logging.Logger;

import io.lockkeeper.messages.Verdict;
import io.lockkeeper.observer.console.RunCatalog;
import io.lockkeeper.observer.console.RunDetail;
import io.lockkeeper.observer.console.RunSummary;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;
import io.lockkeeper.target.TargetRegistry;

/** One connection per target, for people: it never shares one with the observation. */
public final class SqlRunCatalog implements RunCatalog, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(SqlRunCatalog.class);
    private static final int RUNS = 20;
    private static final int VERDICTS = 40;

    private final Vertx vertx;
    private final TargetRegistry registry;
    private final Map<Target, TargetConnection> connections = new HashMap<>();

    public SqlRunCatalog(Vertx vertx, TargetRegistry registry) {
        this.vertx = vertx;
        this.registry = registry;
    }

    @Override
    public synchronized List<RunSummary> runs() {
        List<RunSummary> runs = new ArrayList<>();
        for (Target target : registry.all()) {
            ask(target, session -> Optional.of(summaries(session, target, Optional.empty())))
                    .ifPresent(runs::addAll);
        }
        runs.sort(Comparator.comparing(RunSummary::claimedAt).reversed());
        return runs;
    }

    @Override
    public synchronized Optional<RunDetail> run(String run) {
        return registry.all().stream().flatMap(target -> ask(target, session -> detail(session, target, run)).stream())
                .findFirst();
    }

    @Override
    public synchronized void close() {
        connections.values().forEach(TargetConnection::close);
        connections.clear();
    }

    /** A target that cannot be asked is left out: the others are still shown. */
    private <T> Optional<T> ask(Target target, Function<Session, Optional<T>> question) {
        try {
            Session session = connections
                    .computeIfAbsent(target, known -> new TargetConnection(vertx, known, Role.OBSERVER, "console"))
                    .session();
            return session.tableExists("lockkeeper", "run") ? question.apply(session) : Optional.empty();
        } catch (SqlFailure | TargetException e) {
            LOG.debugf("target not shown target=%s reason=%s", target.name(), e.getMessage());
            return Optional.empty();
        }
    }

    private static List<RunSummary> summaries(Session session, Target target, Optional<String> run) {
        return session.query("""
                SELECT json_build_object('run', r.id, 'target', r.target, 'release', r.release, 'planHash', r.plan_hash,
                           'state', r.state, 'reason', r.reason,
                           'openGate', (SELECT lower(replace(g.gate, '_', '-')) FROM lockkeeper.gate g
                                        WHERE g.run = r.id AND g.state = 'OPEN'),
                           'stepsDone', (SELECT count(*) FROM lockkeeper.step s
                                         WHERE s.run = r.id AND s.state IN ('SUCCEEDED', 'SKIPPED')),
                           'stepsTotal', (SELECT count(*) FROM lockkeeper.step s WHERE s.run = r.id),
                           'claimedAt', r.claimed_at, 'updatedAt', r.updated_at)::text AS body
                FROM lockkeeper.run r
                WHERE r.target = $1 AND ($2::text IS NULL OR r.id = $2) ORDER BY r.claimed_at DESC LIMIT $3""",
                target.name(), run.orElse(null), (long) RUNS).stream()
                .map(row -> Json.read(row.getString("body"), RunSummary.class)).toList();
    }

    private static Optional<RunDetail> detail(Session session, Target target, String run) {
        List<RunSummary> summary = summaries(session, target, Optional.of(run));
        if (summary.isEmpty()) {
            return Optional.empty();
        }
        Row ledger = session.query("""
                SELECT coalesce((p.body::jsonb #>> '{watch,profile,name}'), '') AS profile,
                       coalesce((SELECT json_agg(json_build_object('gate', lower(replace(g.gate, '_', '-')),
                                        'attempt', g.attempt, 'state', g.state, 'openedAt', g.opened_at,
                                        'passedAt', g.passed_at) ORDER BY g.opened_at)
                                 FROM lockkeeper.gate g WHERE g.run = r.id), '[]')::text AS gates
                FROM lockkeeper.run r JOIN lockkeeper.plan p ON p.hash = r.plan_hash WHERE r.id = $1""", run).get(0);
        return Optional.of(new RunDetail(summary.get(0), ledger.getString("profile"), steps(session, run),
                Json.read(ledger.getString("gates"), new TypeReference<List<RunDetail.GateView>>() {
                }),
                observed(session, () -> verdicts(session, run)), observed(session, () -> alerts(session, run)),
                observed(session, () -> observation(session, run)).stream().findFirst()));
    }

    private static List<RunDetail.StepView> steps(Session session, String run) {
        return session.query("""
                SELECT json_build_object('id', s.id, 'title', s.title, 'phase', lower(s.phase),
                           'gate', lower(replace(s.gate, '_', '-')), 'kind', s.kind, 'state', s.state,
                           'attempts', s.attempts, 'rows', s.rows, 'failure', s.failure, 'startedAt', s.started_at,
                           'finishedAt', s.finished_at,
                           'attemptList', coalesce((
                               SELECT json_agg(json_build_object('number', a.number, 'outcome', a.outcome,
                                          'sqlstate', a.sqlstate, 'message', a.message, 'waitedMs', a.waited_ms,
                                          'blockers', a.blockers, 'victims', a.victims, 'startedAt', a.started_at,
                                          'finishedAt', a.finished_at) ORDER BY a.number)
                               FROM lockkeeper.attempt a WHERE a.run = s.run AND a.step = s.id), '[]'),
                           'progress', (
                               SELECT json_build_object('pass', max(c.pass), 'rows', sum(c.rows),
                                          'doneBlocks', sum(c.next_block - c.first_block),
                                          'totalBlocks', sum(c.end_block - c.first_block),
                                          'rowsPerSecond', round((sum(c.rows) / greatest(0.001, extract(epoch FROM
                                              coalesce(s.finished_at, max(c.updated_at)) - s.started_at)))::numeric, 1))
                               FROM lockkeeper.cursor c WHERE c.run = s.run AND c.step = s.id
                               HAVING count(*) > 0))::text AS body
                FROM lockkeeper.step s WHERE s.run = $1 ORDER BY s.ordinal""", run).stream()
                .map(row -> Json.read(row.getString("body"), RunDetail.StepView.class)).toList();
    }

    private static List<RunDetail.VerdictView> verdicts(Session session, String run) {
        return session.query("""
                SELECT named.id, v.gate, v.attempt, v.body::text AS body, l.taken, l.note
                FROM lockkeeper_observer.verdict v
                CROSS JOIN LATERAL (SELECT concat_ws('/', v.run, v.gate, v.attempt, v.number) AS id) named
                LEFT JOIN lockkeeper.verdict l ON l.id = named.id
                WHERE v.run = $1 ORDER BY v.given_at DESC, v.number DESC LIMIT $2""", run, (long) VERDICTS).stream()
                .map(SqlRunCatalog::verdict).toList();
    }

    private static RunDetail.VerdictView verdict(Row row) {
        Verdict said = Json.read(row.getString("body"), Verdict.class);
        return new RunDetail.VerdictView(row.getString("id"), row.getString("gate"), row.getInteger("attempt"),
                said.decision(), said.at(), said.validUntil(), said.marker().toString(), said.observed().toString(),
                said.evidenceHash(), said.evidence(), Optional.ofNullable(row.getBoolean("taken")),
                Optional.ofNullable(row.getString("note")), said.concluded());
    }

    private static List<RunDetail.AlertView> alerts(Session session, String run) {
        return session.query("""
                SELECT json_build_object('id', a.id, 'name', a.body #>> '{raised,name}',
                           'severity', a.body #>> '{raised,severity}', 'summary', a.body #>> '{raised,summary}',
                           'firing', a.firing, 'raisedAt', a.body #>> '{raised,at}',
                           'resolvedAt', a.body #>> '{resolved,at}', 'runbook', a.body #>> '{raised,runbook}')::text AS body
                FROM lockkeeper_observer.alert a WHERE a.run = $1 ORDER BY a.firing DESC, a.updated_at DESC""", run)
                .stream().map(row -> Json.read(row.getString("body"), RunDetail.AlertView.class)).toList();
    }

    private static List<RunDetail.ObservationView> observation(Session session, String run) {
        return session.query("""
                SELECT json_build_object('mode', CASE WHEN o.retired THEN 'RETIRED' ELSE o.mode END, 'slot', o.slot,
                           'lost', o.lost, 'observed', coalesce(s.observed, o.armed)::text,
                           'changes', coalesce(s.changes, '{}'), 'soakSince', o.soak ->> 'since')::text AS body
                FROM lockkeeper_observer.observation o LEFT JOIN lockkeeper_observer.stream s ON s.run = o.run
                WHERE o.run = $1""", run).stream()
                .map(row -> Json.read(row.getString("body"), RunDetail.ObservationView.class)).toList();
    }

    /** Our own schema comes after the ledger: until then there is nothing of ours to show. */
    private static <T> List<T> observed(Session session, Supplier<List<T>> question) {
        return session.tableExists("lockkeeper_observer", "observation") ? question.get() : List.of();
    }
}
