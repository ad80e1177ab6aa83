package io.lockkeeper.executor.postgres;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Consumer;

import io.lockkeeper.executor.gate.Receipt;
import io.lockkeeper.executor.gate.VerdictDesk;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.OutcomeEvent.GatePassed;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetRegistry;

/** Keeps verdicts in the ledger and opens gates. */
public final class PostgresVerdictDesk implements VerdictDesk {

    private final TargetRegistry targets;
    private final MigratorSessions sessions;
    private final RunReader reader;
    private final Outbox outbox;
    private final RunWriter runs;
    private final Clock clock;
    private final Consumer<String> afterWrite;

    /** @param afterWrite told the target's name when its ledger has something new */
    public PostgresVerdictDesk(TargetRegistry targets, MigratorSessions sessions, RunReader reader, Outbox outbox,
            Clock clock, Consumer<String> afterWrite) {
        this.targets = targets;
        this.sessions = sessions;
        this.reader = reader;
        this.outbox = outbox;
        this.runs = new RunWriter(outbox);
        this.clock = clock;
        this.afterWrite = afterWrite;
    }

    @Override
    public Optional<Receipt> receive(String source, String id, Verdict verdict) {
        Optional<Target> target = targets.find(verdict.target());
        if (target.isEmpty()) {
            return Optional.empty();
        }
        Optional<Receipt> receipt = sessions.briefly(target.get(), "verdict", session -> {
            if (!RunReader.ledgerPresent(session)) {
                return Optional.<Receipt>empty();
            }
            return Optional.of(session.transaction(() -> receive(session, source, id, verdict)));
        });
        afterWrite.accept(verdict.target());
        return receipt;
    }

    private Receipt receive(Session session, String source, String id, Verdict verdict) {
        // With the run's row locked, gate and verdicts stay as they are read until this commits.
        session.query("SELECT FROM lockkeeper.run WHERE id = $1::text FOR UPDATE", verdict.run());
        boolean first = !session.query("""
                INSERT INTO lockkeeper.inbox (source, id, type) VALUES ($1::text, $2::text, 'verdict')
                ON CONFLICT (source, id) DO NOTHING RETURNING id
                """, source, id).isEmpty();
        if (!first) {
            return new Receipt.Noted("received before");
        }
        Optional<RunView> run = reader.run(session, verdict.run());
        Receipt receipt = run.map(view -> Receipt.of(verdict, view, clock.instant()))
                .orElseGet(() -> new Receipt.Noted("no run " + verdict.run() + " in this ledger"));
        keep(session, id, verdict, receipt);
        if (receipt instanceof Receipt.Opens opens) {
            pass(session, id, verdict, run.orElseThrow(), opens);
        } else if (receipt instanceof Receipt.Lifts lifts) {
            lift(session, run.orElseThrow(), lifts);
        }
        return receipt;
    }

    private void pass(Session session, String id, Verdict verdict, RunView run, Receipt.Opens opens) {
        session.query("""
                UPDATE lockkeeper.gate SET state = 'PASSED', verdict = $4::text, passed_at = clock_timestamp()
                WHERE run = $1::text AND gate = $2::text AND attempt = $3::int AND state = 'OPEN'
                """, run.id(), verdict.gate().wireName(), opens.gate().attempt(), id);
        outbox.put(session, run, "gate/" + verdict.gate().wireName() + "/" + opens.gate().attempt() + "/passed",
                new GatePassed(run.target(), run.release(), run.id(), verdict.gate(), opens.gate().attempt(), id,
                        clock.instant()));
    }

    /** The old version needs the old names at once; the gates before and behind them are judged anew. */
    private void lift(Session session, RunView run, Receipt.Lifts lifts) {
        session.query("""
                UPDATE lockkeeper.gate SET state = 'CLOSED'
                WHERE run = $1::text AND gate IN ('contract', 'finalize') AND state IN ('OPEN', 'PASSED')
                """, run.id());
        runs.move(session, run, RunState.LIFTING, Optional.empty(), Optional.of(lifts.note()));
    }

    private static void keep(Session session, String id, Verdict verdict, Receipt receipt) {
        session.query("""
                INSERT INTO lockkeeper.verdict (id, run, gate, gate_attempt, decision, plan_hash, marker, observed,
                  evidence_hash, valid_until, given_at, taken, note, body)
                VALUES ($1::text, $2::text, $3::text, $4::int, $5::text, $6::text, $7::text::pg_lsn, $8::text::pg_lsn,
                  $9::text, $10::timestamptz, $11::timestamptz, $12::boolean, $13::text, $14::text::jsonb)
                ON CONFLICT (id) DO NOTHING
                """, id, verdict.run(), verdict.gate().wireName(), verdict.gateAttempt(), verdict.decision().name(),
                verdict.planHash(), verdict.marker().toString(), verdict.observed().toString(),
                verdict.evidenceHash(), at(verdict.validUntil()), at(verdict.at()), !(receipt instanceof Receipt.Noted),
                receipt.note(), Outbox.json(verdict));
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
