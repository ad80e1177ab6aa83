package io.lockkeeper.executor.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.doctor.Finding;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.run.Milestones;
import io.lockkeeper.executor.run.Next;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.worker.RunLedger;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.OutcomeEvent.GateOpened;
import io.lockkeeper.messages.OutcomeEvent.GateOverdue;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.OutcomeEvent.PreflightDone;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.target.Session;

/** Runs and gates in the ledger's tables. */
public final class PostgresRunLedger implements RunLedger {

    private final RunReader reader;
    private final Outbox outbox;
    private final RunWriter runs;
    private final RecordFiles records;

    public PostgresRunLedger(RunReader reader, Outbox outbox, RecordFiles records) {
        this.records = records;
        this.reader = reader;
        this.outbox = outbox;
        this.runs = new RunWriter(outbox);
    }

    @Override
    public Glance glance(Session session, String target) {
        if (!RunReader.ledgerPresent(session)) {
            return new Glance(false, false);
        }
        Row row = session.query("""
                SELECT EXISTS (SELECT FROM lockkeeper.run
                    WHERE target = $1::text AND state NOT IN ('COMPLETED', 'ABORTED', 'REVERTED')) AS open_run,
                  EXISTS (SELECT FROM lockkeeper.outbox WHERE published_at IS NULL) AS unpublished
                """, target).get(0);
        return new Glance(row.getBoolean("open_run"), row.getBoolean("unpublished"));
    }

    @Override
    public OpenRuns openRuns(Session session, String target) {
        Map<String, RunView> seen = new HashMap<>();
        return () -> reader.openRuns(session, target, seen);
    }

    @Override
    public boolean preflight(Tenure tenure, RunView run, List<Finding> findings) {
        Session session = tenure.ledger();
        List<Finding> halting = findings.stream().filter(finding -> finding.status() == Finding.Status.FAIL).toList();
        return Fence.transaction(tenure, run, state -> {
            if (state != run.state()) {
                return false; // a control came between: look again
            }
            int number = session.query("""
                    SELECT count(DISTINCT number)::int + 1 AS next FROM lockkeeper.preflight
                    WHERE run = $1::text AND status = 'fail'
                    """, run.id()).get(0).getInteger("next");
            session.query("""
                    INSERT INTO lockkeeper.preflight (run, number, finding, status, message)
                    SELECT $1::text, $2::int, finding, status, message
                    FROM unnest($3::text[], $4::text[], $5::text[]) AS found (finding, status, message)
                    ON CONFLICT (run, number, finding) DO UPDATE
                    SET status = excluded.status, message = excluded.message, found_at = clock_timestamp()
                    """, run.id(), number, each(findings, Finding::check),
                    each(findings, finding -> finding.status().wireName()), each(findings, Finding::message));
            outbox.put(session, run, "preflight/" + number + (halting.isEmpty() ? "/passed" : "/halted"),
                    new PreflightDone(run.target(), run.release(), run.id(), number, halting.isEmpty(),
                            findings.stream().map(PostgresRunLedger::told).toList(), Instant.now()));
            if (!halting.isEmpty()) {
                runs.move(session, run, RunState.HALTED, Optional.of(state),
                        Optional.of("preflight: " + halting.stream()
                                .map(Finding::message).collect(Collectors.joining("; "))));
            }
            return halting.isEmpty();
        });
    }

    private static String[] each(List<Finding> findings, Function<Finding, String> value) {
        return findings.stream().map(value).toArray(String[]::new);
    }

    private static PreflightDone.Finding told(Finding finding) {
        return new PreflightDone.Finding(finding.check(), PreflightDone.Status.valueOf(finding.status().name()),
                finding.message());
    }

    @Override
    public void openGate(Tenure tenure, RunView run, Next.OpenGate gate) {
        Session session = tenure.ledger();
        Fence.transaction(tenure, run, state -> {
            if (state != run.state()) {
                return null; // a control came between: look again
            }
            String marker = Outbox.json(
                    Map.of("run", run.id(), "gate", gate.gate().wireName(), "attempt", gate.attempt()));
            List<Row> opened = session.query("""
                    WITH marker AS MATERIALIZED (
                      SELECT pg_logical_emit_message(true, 'lockkeeper.gate', $5::text) AS lsn
                    ), moved AS (
                      UPDATE lockkeeper.run SET marker = (SELECT lsn FROM marker) WHERE id = $1::text
                    )
                    INSERT INTO lockkeeper.gate (run, gate, attempt, state, plan_hash, marker)
                    SELECT $1::text, $2::text, $3::int, 'OPEN', $4::text, lsn FROM marker
                    RETURNING marker::text AS marker
                    """, run.id(), gate.gate().wireName(), gate.attempt(), run.plan().hash(), marker);
            // A quarantine that was lifted is made again once its gate has passed anew.
            session.query("UPDATE lockkeeper.step SET state = 'PENDING' WHERE run = $1::text AND state = 'REVERTED'",
                    run.id());
            runs.move(session, run, gate.state());
            outbox.put(session, run, "gate/" + gate.gate().wireName() + "/" + gate.attempt() + "/opened",
                    new GateOpened(run.target(), run.release(), run.id(), gate.gate(), gate.attempt(),
                            run.plan().hash(), Lsn.parse(opened.get(0).getString("marker")), Instant.now()));
            return null;
        });
    }

    @Override
    public void awaitGate(Tenure tenure, RunView run, Next.AwaitGate gate) {
        Duration open = Duration.between(gate.gate().openedAt(), Instant.now());
        boolean overdue = !gate.gate().overdueSaid() && open.compareTo(run.plan().watch().profile().overdue()) > 0;
        if (!overdue && run.state() == gate.state()) {
            return;
        }
        Session session = tenure.ledger();
        Fence.transaction(tenure, run, state -> {
            if (state != run.state()) {
                return null;
            }
            runs.move(session, run, gate.state());
            if (overdue) {
                session.query("""
                        UPDATE lockkeeper.gate SET overdue_at = clock_timestamp()
                        WHERE run = $1::text AND gate = $2::text AND attempt = $3::int
                        """, run.id(), gate.gate().gate().wireName(), gate.gate().attempt());
                outbox.put(session, run,
                        "gate/" + gate.gate().gate().wireName() + "/" + gate.gate().attempt() + "/overdue",
                        new GateOverdue(run.target(), run.release(), run.id(), gate.gate().gate(),
                                gate.gate().attempt(), open, Instant.now()));
            }
            return null;
        });
    }

    @Override
    public void halt(Tenure tenure, RunView run, Failure failure) {
        Fence.transaction(tenure, run, state -> {
            // An abort that came between is not stopped by what the way forwards met.
            boolean same = state.backwards() == run.state().backwards();
            if (same && !state.terminal() && state != RunState.HALTED) {
                RunState back = state == RunState.PAUSED ? run.heldState().orElse(run.state()) : state;
                runs.move(tenure.ledger(), run, RunState.HALTED, Optional.of(back),
                        Optional.of(failure.code() + ": " + failure.message()));
            }
            return null;
        });
    }

    @Override
    public void announce(Tenure tenure, RunView run) {
        for (Milestone milestone : Milestones.reached(run)) {
            String id = milestoneId(milestone);
            // Looked up first: this is asked at every turn, and an INSERT that conflicts burns a sequence number.
            boolean said = !tenure.ledger().query("SELECT FROM lockkeeper.outbox WHERE id = $1::text",
                    run.id() + "/" + id).isEmpty();
            if (!said) {
                Fence.transaction(tenure, run, state -> {
                    outbox.put(tenure.ledger(), run, id, new MilestoneReached(run.target(), run.release(), run.id(),
                            milestone, Instant.now()));
                    return null;
                });
            }
        }
    }

    static String milestoneId(Milestone milestone) {
        return "milestone/" + milestone.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void keepRecord(Tenure tenure, RunView run) {
        records.write(tenure.ledger(), run);
    }

    @Override
    public void concludeTakingBack(Tenure tenure, RunView run) {
        Session session = tenure.ledger();
        Fence.transaction(tenure, run, state -> {
            if (state.takingBack()) {
                runs.closeGates(session, run);
                session.query("""
                        UPDATE lockkeeper.step SET state = 'SKIPPED' WHERE run = $1::text AND state = 'PENDING'
                        """, run.id());
                if (state == RunState.REVERTING) {
                    RunCompletion.forget(session, tenure, run);
                }
                runs.move(session, run, state == RunState.REVERTING ? RunState.REVERTED : RunState.ABORTED,
                        Optional.empty(), run.reason());
            }
            return null;
        });
    }
}
