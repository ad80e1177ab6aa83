package io.lockkeeper.executor.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.executor.step.AttemptOutcome;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.OutcomeEvent.LockWaited;
import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.target.Session;

/** Writes {@code lockkeeper.attempt}, in the caller's transaction, and says who blocked and who waited. */
final class AttemptWriter {

    private final Outbox outbox;

    AttemptWriter(Outbox outbox) {
        this.outbox = outbox;
    }

    void begin(Session session, Assignment work, int attempt, int backendPid, String executor) {
        session.queue("""
                UPDATE lockkeeper.attempt SET outcome = 'INTERRUPTED', finished_at = clock_timestamp()
                WHERE run = $1::text AND step = $2::text AND outcome IS NULL
                """, work.run().id(), work.step().id());
        session.queue("""
                INSERT INTO lockkeeper.attempt (run, step, number, backend_pid, executor)
                VALUES ($1::text, $2::text, $3::int, $4::int, $5::text)
                """, work.run().id(), work.step().id(), attempt, backendPid, executor);
    }

    void waiting(Session session, Assignment work, int attempt, LockClaim claim, List<Blocker> blockers,
            Duration waited) {
        session.queue("""
                UPDATE lockkeeper.attempt SET blockers = $4::text::jsonb, waited_ms = $5::bigint
                WHERE run = $1::text AND step = $2::text AND number = $3::int
                """, work.run().id(), work.step().id(), attempt, Outbox.json(blockers), waited.toMillis());
        // Said once for each set of blockers, not at each look.
        String who = Hash.sha256(blockers.stream().map(Blocker::pid).sorted().toList().toString()).substring(0, 8);
        lockWaited(session, work, attempt, "waiting/" + who, claim, false, waited, blockers, List.of());
    }

    void ending(Session session, Assignment work, int attempt, Blocker blocker, String what) {
        session.queue("""
                UPDATE lockkeeper.attempt SET ended = ended || $4::text::jsonb
                WHERE run = $1::text AND step = $2::text AND number = $3::int
                """, work.run().id(), work.step().id(), attempt,
                Outbox.json(List.of(Map.of("how", what, "blocker", blocker))));
    }

    void over(Session session, Assignment work, int attempt, AttemptOutcome outcome, Optional<String> sqlState,
            String message, Optional<LockClaim> claim, Seen seen) {
        session.queue("""
                UPDATE lockkeeper.attempt
                SET outcome = $4::text, sqlstate = $5::text, message = $6::text,
                  waited_ms = coalesce(waited_ms, 0) + $7::bigint,
                  blockers = CASE WHEN $8::text = '[]' THEN blockers ELSE $8::text::jsonb END,
                  victims = $9::text::jsonb, finished_at = clock_timestamp()
                WHERE run = $1::text AND step = $2::text AND number = $3::int
                """, work.run().id(), work.step().id(), attempt, outcome.name(), sqlState.orElse(null), message,
                seen.took().toMillis(), Outbox.json(seen.blockers()), Outbox.json(seen.victims()));
        boolean lock = outcome == AttemptOutcome.LOCK_TIMEOUT || outcome == AttemptOutcome.DEADLOCK;
        claim.filter(any -> lock).ifPresent(any -> lockWaited(session, work, attempt, "over", any, false, seen.took(),
                seen.blockers(), seen.victims()));
    }

    void lockTaken(Session session, Assignment work, int attempt, LockClaim claim, Seen seen) {
        session.queue("""
                UPDATE lockkeeper.attempt
                SET waited_ms = coalesce(waited_ms, 0) + $4::bigint, blockers = $5::text::jsonb,
                  victims = $6::text::jsonb
                WHERE run = $1::text AND step = $2::text AND number = $3::int
                """, work.run().id(), work.step().id(), attempt, seen.took().toMillis(), Outbox.json(seen.blockers()),
                Outbox.json(seen.victims()));
        lockWaited(session, work, attempt, "taken", claim, true, seen.took(), seen.blockers(), seen.victims());
    }

    private void lockWaited(Session session, Assignment work, int attempt, String what, LockClaim claim,
            boolean acquired, Duration waited, List<Blocker> blockers, List<LockWaited.Victim> victims) {
        outbox.put(session, work.run(), "lock/" + work.step().id() + "/" + attempt + "/" + what,
                new LockWaited(work.run().target(), work.run().release(), work.run().id(), work.step().id(), attempt,
                        claim.relation(), claim.mode(), acquired, waited, blockers, victims, Instant.now()));
    }
}
