package io.lockkeeper.executor.postgres;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.run.GateView;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.run.StepView;
import io.lockkeeper.executor.run.VerdictView;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.StepState;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.target.Session;

/** Reads runs from the ledger. */
public final class RunReader {

    private static final int PLANS_KEPT = 64;

    /** A plan never changes: parsed once, by hash. */
    private final Map<String, Plan> plans = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Plan> eldest) {
            return size() > PLANS_KEPT;
        }
    });

    static boolean ledgerPresent(Session session) {
        return session.query("SELECT to_regclass('lockkeeper.outbox_unpublished') IS NOT NULL AS present").get(0)
                .getBoolean("present");
    }

    /**
     * In the order in which they were claimed.
     *
     * @param seen what was seen last, by run; kept here. Steps that are done need not be read again, because only an abort
     *             or a lifted quarantine makes one undone, and only whoever keeps this takes it back; and of the others
     *             none but the first is touched
     */
    List<RunView> openRuns(Session session, String target, Map<String, RunView> seen) {
        // A run's row is read before what belongs to it: what a control changes together is then seen whole or not yet.
        var open = session.send("""
                SELECT id, plan_hash, state, held_state, reason, marker::text AS marker, correlation, causation
                FROM lockkeeper.run
                WHERE target = $1::text AND state NOT IN ('COMPLETED', 'ABORTED', 'REVERTED') ORDER BY claimed_at, id
                """, target);
        Map<String, Supplier<Parts>> parts = new HashMap<>();
        seen.forEach((id, run) -> parts.put(id, parts(session, id, run.firstUndone())));
        List<RunView> runs = session.await(open).stream().map(row -> {
            String id = row.getString("id");
            Parts rest = parts.computeIfAbsent(id, unknown -> parts(session, unknown, Optional.empty())).get();
            return view(session, row, Optional.ofNullable(seen.get(id)).map(RunView::steps), rest);
        }).toList();
        seen.clear();
        runs.stream().filter(run -> !run.state().backwards()).forEach(run -> seen.put(run.id(), run));
        return runs;
    }

    static List<Plan> openPlans(Session session, String target) {
        return session.query("""
                SELECT p.body FROM lockkeeper.run r JOIN lockkeeper.plan p ON p.hash = r.plan_hash
                WHERE r.target = $1::text AND r.state NOT IN ('COMPLETED', 'ABORTED', 'REVERTED')
                ORDER BY r.claimed_at, r.id
                """, target).stream().map(row -> parsed(row.getString("body"))).toList();
    }

    /** Of the runs that were claimed after this one and not taken back. */
    List<Plan> plansSince(Session session, RunView run) {
        return session.query("""
                SELECT r.plan_hash FROM lockkeeper.run r, lockkeeper.run this
                WHERE this.id = $1::text AND r.target = this.target
                  AND (r.claimed_at, r.id) > (this.claimed_at, this.id) AND r.state NOT IN ('ABORTED', 'REVERTED')
                ORDER BY r.claimed_at DESC, r.id
                """, run.id()).stream().map(row -> plan(session, row.getString("plan_hash"))).toList();
    }

    /** The open run of the release, else its latest. */
    Optional<RunView> ofRelease(Session session, String target, String release) {
        return session.query("""
                SELECT id FROM lockkeeper.run WHERE target = $1::text AND release = $2::text
                ORDER BY state IN ('COMPLETED', 'ABORTED', 'REVERTED'), claimed_at DESC LIMIT 1
                """, target, release).stream().findFirst().flatMap(row -> run(session, row.getString("id")));
    }

    /** Newest first. */
    public List<String> ids(Session session, String target, Optional<String> release) {
        if (!ledgerPresent(session)) {
            return List.of();
        }
        return session.query("""
                SELECT id FROM lockkeeper.run
                WHERE target = $1::text AND ($2::text IS NULL OR release = $2::text) ORDER BY claimed_at DESC
                """, target, release.orElse(null)).stream().map(row -> row.getString("id")).toList();
    }

    public Optional<RunView> run(Session session, String id) {
        List<Row> found = session.query("""
                SELECT id, plan_hash, state, held_state, reason, marker::text AS marker, correlation, causation
                FROM lockkeeper.run WHERE id = $1::text
                """, id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(view(session, found.get(0), Optional.empty(), parts(session, id, Optional.empty()).get()));
    }

    /** @param before steps as they were seen before {@code parts} */
    private RunView view(Session session, Row row, Optional<List<StepView>> before, Parts parts) {
        Plan plan = plan(session, row.getString("plan_hash"));
        List<StepView> steps = new ArrayList<>(before.orElseGet(() -> plan.steps().stream()
                .map(step -> StepView.untouched(step.id())).toList()));
        parts.steps.forEach(step -> steps.set(step.getInteger("ordinal"), step(step)));
        return new RunView(row.getString("id"), plan, RunState.valueOf(row.getString("state")),
                text(row, "held_state").map(RunState::valueOf), text(row, "reason"),
                text(row, "marker").map(Lsn::parse),
                text(row, "correlation"), text(row, "causation"), steps,
                parts.gates.stream().map(RunReader::gate).toList(),
                parts.verdicts.stream().map(RunReader::verdict).toList());
    }

    private Plan plan(Session session, String hash) {
        Plan known = plans.get(hash);
        if (known != null) {
            return known;
        }
        String body = session.query("SELECT body FROM lockkeeper.plan WHERE hash = $1::text", hash).get(0)
                .getString("body");
        Plan plan = parsed(body);
        plans.put(hash, plan);
        return plan;
    }

    private static Plan parsed(String body) {
        try {
            return MessageJson.mapper().readValue(body, Plan.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a plan in the ledger does not parse", e);
        }
    }

    private record Parts(List<Row> steps, List<Row> gates, List<Row> verdicts) {}

    /**
     * Asks for what belongs to a run; the answer comes with the next one that is waited for.
     *
     * @param step the only one to be read; else all that were touched
     */
    private static Supplier<Parts> parts(Session session, String run, Optional<String> step) {
        String columns = """
                SELECT ordinal, id, state, attempts, marker::text AS marker, rows, failure::text AS failure, started_at,
                  finished_at
                FROM lockkeeper.step WHERE run = $1::text AND\s""";
        var steps = step.map(id -> session.send(columns + "id = $2::text", run, id))
                .orElseGet(() -> session.send(columns + "(state <> 'PENDING' OR attempts > 0)", run));
        var gates = session.send("""
                SELECT gate, attempt, state, plan_hash, marker::text AS marker, verdict, opened_at,
                  overdue_at IS NOT NULL AS overdue
                FROM lockkeeper.gate WHERE run = $1::text ORDER BY opened_at, gate, attempt
                """, run);
        var verdicts = session.send("""
                SELECT id, gate, gate_attempt, decision, plan_hash, given_at FROM lockkeeper.verdict v
                WHERE run = $1::text AND (taken OR decision = 'NO_GO' OR given_at = (
                  SELECT max(given_at) FROM lockkeeper.verdict
                  WHERE run = $1::text AND gate = v.gate AND gate_attempt = v.gate_attempt))
                ORDER BY received_at
                """, run);
        return () -> new Parts(session.await(steps), session.await(gates), session.await(verdicts));
    }

    private static StepView step(Row row) {
        return new StepView(row.getString("id"), StepState.valueOf(row.getString("state")), row.getInteger("attempts"),
                text(row, "marker").map(Lsn::parse), Optional.ofNullable(row.getLong("rows")),
                text(row, "failure").map(RunReader::failure), instant(row, "started_at"), instant(row, "finished_at"));
    }

    private static GateView gate(Row row) {
        return new GateView(Gate.of(row.getString("gate")), row.getInteger("attempt"),
                GateView.State.valueOf(row.getString("state")), row.getString("plan_hash"),
                Lsn.parse(row.getString("marker")), text(row, "verdict"), instant(row, "opened_at").orElseThrow(),
                row.getBoolean("overdue"));
    }

    private static VerdictView verdict(Row row) {
        return new VerdictView(row.getString("id"), Gate.of(row.getString("gate")), row.getInteger("gate_attempt"),
                Verdict.Decision.valueOf(row.getString("decision")), row.getString("plan_hash"),
                instant(row, "given_at").orElseThrow());
    }

    private static Failure failure(String json) {
        try {
            return MessageJson.mapper().readValue(json, Failure.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a failure in the ledger does not parse", e);
        }
    }

    private static Optional<String> text(Row row, String column) {
        return Optional.ofNullable(row.getString(column));
    }

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }
}
