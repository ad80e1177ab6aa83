package io.lockkeeper.executor.postgres;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.control.Aftermath;
import io.lockkeeper.executor.control.ControlAnswer;
import io.lockkeeper.executor.control.ControlDesk;
import io.lockkeeper.executor.control.Ruling;
import io.lockkeeper.executor.doctor.RoutineLedger;
import io.lockkeeper.executor.run.GateView;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.WireNames;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetRegistry;

/** Applies controls in the ledger, each once. */
public final class PostgresControlDesk implements ControlDesk {

    private final TargetRegistry targets;
    private final MigratorSessions sessions;
    private final RunReader reader;
    private final RunWriter runs;
    private final Consumer<String> afterWrite;

    /** @param afterWrite told the target's name when its ledger has something new */
    public PostgresControlDesk(TargetRegistry targets, MigratorSessions sessions, RunReader reader, Outbox outbox,
            Consumer<String> afterWrite) {
        this.targets = targets;
        this.sessions = sessions;
        this.reader = reader;
        this.runs = new RunWriter(outbox);
        this.afterWrite = afterWrite;
    }

    @Override
    public Optional<ControlAnswer> receive(String source, String id, Control control) {
        Optional<Target> target = targets.find(control.target());
        if (target.isEmpty()) {
            return Optional.empty();
        }
        ControlAnswer answer = sessions.briefly(target.get(), "control", session -> {
            if (!RunReader.ledgerPresent(session)) {
                return noRun(id, control);
            }
            return session.transaction(() -> receive(session, source, id, control));
        });
        afterWrite.accept(control.target());
        return Optional.of(answer);
    }

    private ControlAnswer receive(Session session, String source, String id, Control control) {
        boolean first = !session.query("""
                INSERT INTO lockkeeper.inbox (source, id, type) VALUES ($1::text, $2::text, $3::text)
                ON CONFLICT (source, id) DO NOTHING RETURNING id
                """, source, id, WireNames.type(control.getClass()).name()).isEmpty();
        if (!first) {
            return earlier(session, source, id);
        }
        ControlAnswer answer = apply(session, id, control);
        session.query("UPDATE lockkeeper.inbox SET answer = $3::text::jsonb WHERE source = $1::text AND id = $2::text",
                source, id, Outbox.json(answer));
        return answer;
    }

    private static ControlAnswer earlier(Session session, String source, String id) {
        Row row = session
                .query("SELECT answer::text AS answer FROM lockkeeper.inbox WHERE source = $1::text AND id = $2::text",
                        source, id)
                .get(0);
        try {
            return MessageJson.mapper().readValue(row.getString("answer"), ControlAnswer.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the answer to " + id + " in the inbox does not parse", e);
        }
    }

    private ControlAnswer apply(Session session, String id, Control control) {
        boolean revert = control instanceof Control.Revert;
        if (revert) {
            PostgresClaimDesk.oneAtATime(session); // no release must come that builds on what goes
        }
        Optional<RunView> found = reader.ofRelease(session, control.target(), control.release());
        if (found.isEmpty()) {
            return noRun(id, control);
        }
        // Locked, then read again: a step that commits meanwhile is seen.
        session.query("SELECT FROM lockkeeper.run WHERE id = $1::text FOR UPDATE", found.get().id());
        RunView run = reader.run(session, found.get().id()).orElseThrow();
        Ruling ruling = Ruling.of(control, run,
                revert && run.state() == RunState.COMPLETED ? aftermath(session, run) : Aftermath.NOTHING);
        RunState state = carryOut(session, id, run, ruling);
        return new ControlAnswer(id, !(ruling instanceof Ruling.Refuse), run.id(), state.name(), ruling.message());
    }

    private Aftermath aftermath(Session session, RunView run) {
        Optional<String> later = reader.plansSince(session, run).stream()
                .flatMap(plan -> run.plan().sharedWith(plan)
                        .map(shared -> "release " + plan.release() + " came later and has " + shared + " too").stream())
                .findFirst();
        return new Aftermath(later, new RoutineLedger().compare(session).stream()
                .filter(routine -> routine.run().equals(run.id()) && routine.drift().isPresent())
                .map(routine -> "what somebody has changed of routine " + routine.identity() + " since: "
                        + routine.drift().orElseThrow())
                .toList());
    }

    private RunState carryOut(Session session, String id, RunView run, Ruling ruling) {
        if (ruling instanceof Ruling.Hold hold) {
            runs.move(session, run, RunState.PAUSED, Optional.of(run.state()), Optional.of(hold.reason()));
            return RunState.PAUSED;
        }
        if (ruling instanceof Ruling.Continue goOn) {
            return goOn(session, run, goOn.state());
        }
        if (ruling instanceof Ruling.TakeBack takeBack) {
            runs.closeGates(session, run);
            runs.move(session, run, takeBack.state(), Optional.empty(), Optional.of(takeBack.reason()));
            return takeBack.state();
        }
        if (ruling instanceof Ruling.Retune retune) {
            session.query("""
                    UPDATE lockkeeper.run SET most_workers = $2::int, least_rest = $3::float8,
                      updated_at = clock_timestamp()
                    WHERE id = $1::text
                    """, run.id(), retune.tuning().workers().orElse(null), retune.tuning().rest().orElse(null));
        }
        if (ruling instanceof Ruling.Record record) {
            approve(session, id, run, record.approval());
        }
        return run.state();
    }

    private RunState goOn(Session session, RunView run, RunState state) {
        // Only from HALTED: who resumes a pause has not been told of a NO_GO that came meanwhile.
        List<GateView> vetoed = run.state() == RunState.HALTED ? run.vetoed() : List.of();
        for (GateView gate : vetoed) {
            session.query("""
                    UPDATE lockkeeper.gate SET state = 'CLOSED' WHERE run = $1::text AND gate = $2::text AND attempt = $3::int
                    """, run.id(), gate.gate().wireName(), gate.attempt());
        }
        session.query("UPDATE lockkeeper.step SET state = 'PENDING' WHERE run = $1::text AND state = 'FAILED'"
                + " AND $2::boolean", run.id(), !state.backwards());
        runs.move(session, run, state);
        return state;
    }

    private static void approve(Session session, String id, RunView run, Control.Approve approval) {
        session.query("""
                INSERT INTO lockkeeper.approval (id, run, gate, plan_hash, evidence_hash, approver, note)
                VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text)
                ON CONFLICT (id) DO NOTHING
                """, id, run.id(), approval.gate().wireName(), approval.planHash(),
                approval.evidenceHash().orElse(null), approval.by(), approval.note().orElse(null));
    }

    private static ControlAnswer noRun(String id, Control control) {
        return new ControlAnswer(id, false, "", "",
                "there is no run of release " + control.release() + " on " + control.target());
    }
}
