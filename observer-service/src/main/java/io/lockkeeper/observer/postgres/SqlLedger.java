package io.lockkeeper.observer.postgres;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.StepState;
import io.lockkeeper.observer.ledger.Approval;
import io.lockkeeper.observer.ledger.Ledger;
import io.lockkeeper.observer.ledger.LedgerGate;
import io.lockkeeper.observer.ledger.LedgerRun;
import io.lockkeeper.observer.ledger.LedgerStep;
import io.lockkeeper.observer.ledger.Receipt;
import io.lockkeeper.target.Session;

public final class SqlLedger implements Ledger {

    private final TargetConnection connection;
    private final String target;
    private final Map<String, Plan> plans = new HashMap<>();

    public SqlLedger(TargetConnection connection, String target) {
        this.connection = connection;
        this.target = target;
    }

    @Override
    public List<LedgerRun> openRuns() {
        List<LedgerRun> runs = new ArrayList<>();
        // One statement, one snapshot: a gate is never seen without the steps that led to it.
        for (Row row : query("""
                SELECT r.id, r.release, r.plan_hash, r.state, r.correlation,
                       coalesce((SELECT json_agg(json_build_object('id', s.id, 'phase', s.phase, 'gate', s.gate,
                                        'kind', s.kind, 'state', s.state, 'finishedAt', s.finished_at) ORDER BY s.ordinal)
                                 FROM lockkeeper.step s WHERE s.run = r.id), '[]')::text AS steps,
                       coalesce((SELECT json_agg(json_build_object('gate', g.gate, 'attempt', g.attempt,
                                        'state', g.state, 'planHash', g.plan_hash, 'marker', g.marker::text,
                                        'openedAt', g.opened_at, 'passedAt', g.passed_at, 'verdict', g.verdict)
                                        ORDER BY g.opened_at)
                                 FROM lockkeeper.gate g WHERE g.run = r.id), '[]')::text AS gates,
                       coalesce((SELECT json_agg(json_build_object('gate', a.gate, 'planHash', a.plan_hash,
                                        'evidenceHash', a.evidence_hash, 'approver', a.approver,
                                        'receivedAt', a.received_at))
                                 FROM lockkeeper.approval a WHERE a.run = r.id), '[]')::text AS approvals
                FROM lockkeeper.run r
                WHERE r.target = $1 AND r.state NOT IN ('COMPLETED', 'ABORTED', 'REVERTED')
                ORDER BY r.claimed_at""", target)) {
            runs.add(run(row));
        }
        plans.keySet().retainAll(runs.stream().map(LedgerRun::planHash).toList());
        return runs;
    }

    @Override
    public Optional<RunState> state(String run) {
        return query("SELECT state FROM lockkeeper.run WHERE id = $1", run).stream().findFirst()
                .map(row -> RunState.valueOf(row.getString("state")));
    }

    @Override
    public Optional<Receipt> receipt(String verdict) {
        return query("SELECT taken, note FROM lockkeeper.verdict WHERE id = $1", verdict).stream().findFirst()
                .map(row -> new Receipt(row.getBoolean("taken"), row.getString("note")));
    }

    @Override
    public List<String> slotsOfEndedRuns() {
        return query("""
                SELECT DISTINCT p.body::jsonb #>> '{watch,stream,slot}' AS slot
                FROM lockkeeper.run r JOIN lockkeeper.plan p ON p.hash = r.plan_hash
                WHERE r.state IN ('COMPLETED', 'ABORTED', 'REVERTED')
                  AND p.body::jsonb #>> '{watch,stream,slot}' IS NOT NULL""").stream()
                .map(row -> row.getString("slot")).toList();
    }

    private LedgerRun run(Row row) {
        List<LedgerStep> steps = new ArrayList<>();
        for (JsonNode step : Json.read(row.getString("steps"), JsonNode.class)) {
            steps.add(new LedgerStep(step.get("id").asText(),
                    Phase.valueOf(step.get("phase").asText().toUpperCase(Locale.ROOT)),
                    text(step, "gate").map(Json::gate),
                    step.get("kind").asText(), StepState.valueOf(step.get("state").asText()),
                    text(step, "finishedAt").map(SqlLedger::instant)));
        }
        List<LedgerGate> gates = new ArrayList<>();
        for (JsonNode gate : Json.read(row.getString("gates"), JsonNode.class)) {
            gates.add(new LedgerGate(Json.gate(gate.get("gate").asText()), gate.get("attempt").asInt(),
                    LedgerGate.State.valueOf(gate.get("state").asText()), gate.get("planHash").asText(),
                    Lsn.parse(gate.get("marker").asText()), instant(gate.get("openedAt").asText()),
                    text(gate, "passedAt").map(SqlLedger::instant), text(gate, "verdict")));
        }
        List<Approval> approvals = new ArrayList<>();
        for (JsonNode approval : Json.read(row.getString("approvals"), JsonNode.class)) {
            approvals.add(new Approval(Json.gate(approval.get("gate").asText()), approval.get("planHash").asText(),
                    text(approval, "evidenceHash"), approval.get("approver").asText(),
                    instant(approval.get("receivedAt").asText())));
        }
        String hash = row.getString("plan_hash");
        return new LedgerRun(row.getString("id"), target, row.getString("release"), hash,
                RunState.valueOf(row.getString("state")), Optional.ofNullable(row.getString("correlation")),
                plan(hash), steps, gates, approvals);
    }

    /** A plan may be megabytes and never changes: it is read once. */
    private Plan plan(String hash) {
        return plans.computeIfAbsent(hash,
                wanted -> Json.read(query("SELECT body FROM lockkeeper.plan WHERE hash = $1", wanted).get(0)
                        .getString("body"), Plan.class));
    }

    /** Before the first release on a target there is no ledger: that is no failure. */
    private List<Row> query(String sql, Object... parameters) {
        Session session = connection.session();
        return session.tableExists("lockkeeper", "run") ? session.query(sql, parameters) : List.of();
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.ofNullable(node.get(field)).filter(value -> !value.isNull()).map(JsonNode::asText);
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
