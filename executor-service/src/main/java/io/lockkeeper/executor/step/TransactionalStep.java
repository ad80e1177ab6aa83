package io.lockkeeper.executor.step;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

import org.jboss.logging.Logger;

import io.lockkeeper.executor.lock.BlockerPolicy;
import io.lockkeeper.executor.lock.Holder;
import io.lockkeeper.executor.lock.LockScript;
import io.lockkeeper.executor.lock.LockScript.Lockable;
import io.lockkeeper.executor.lock.Lookout;
import io.lockkeeper.executor.lock.Watcher;
import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * Runs a step in one transaction with its ledger row: look who holds the lock, then fence, ledger row with marker, outbox,
 * and last, in one message, LOCK, DDL and COMMIT. A lost COMMIT answer needs no probe of the catalog: the ledger row is
 * the probe.
 */
final class TransactionalStep {

    /** What a step does in its transaction. */
    interface Body {

        /** The step is RUNNING and nothing was done: what must be awaited first. Empty to go on. */
        default Optional<StepResult> awaitReady() {
            return Optional.empty();
        }

        /** In the transaction, before the locks. */
        default void before(Session session) {}

        /** Statements under the owner's role, each ended by a semicolon; after the locks. */
        String script();

        /** Has work after the script, as the migrator; then COMMIT takes a round trip of its own. */
        default boolean hasAfter() {
            return false;
        }

        default void after(Session session) {}
    }

    private static final Logger LOG = Logger.getLogger(TransactionalStep.class);
    private static final int LOOKS_PER_RUNG = 4;

    private final StepContext context;
    private final Body body;
    private final Assignment work;
    private final Lookout lookout;

    TransactionalStep(StepContext context, Body body) {
        this.context = context;
        this.body = body;
        this.work = context.work();
        this.lookout = context.lookout();
    }

    StepResult run() {
        Step step = work.step();
        Instant deadline = context.pace().now().plus(context.locks().deadline());
        String lastBlockers = "";
        OptionalInt begun = OptionalInt.empty();
        for (int number = 1; number <= context.locks().attempts(); number++) {
            begun = context.ledger().begin(context.tenure(), work, context.tenure().hand().backendPid());
            if (begun.isEmpty()) {
                return new StepResult.Stopped();
            }
            Attempt attempt = new Attempt(begun.getAsInt(), number);
            context.crash().before(step.id());
            Optional<StepResult> notReady = body.awaitReady();
            if (notReady.isPresent()) {
                return notReady.get();
            }
            Look look = attempt.awaitClear(deadline);
            if (look.stopped) {
                return new StepResult.Stopped();
            }
            if (!look.clear) {
                lastBlockers = names(look.blockers);
                break;
            }
            Optional<StepResult> result = attempt.act(look);
            if (result.isPresent()) {
                return result.get();
            }
            lastBlockers = names(attempt.seen.blockers());
            if (context.pace().now().isAfter(deadline)) {
                break;
            }
            context.rest(context.locks().sleep(number, context.pace().random()));
        }
        var failure = Failures.exhausted(step, begun.orElse(0), lastBlockers);
        context.ledger().fail(context.tenure(), work, begun, failure);
        return new StepResult.Failed(failure);
    }

    /** @param rung number of the rung on the ladder that was found clear */
    private record Look(boolean clear, boolean stopped, int rung, List<Lockable> claims, List<LockClaim> vacuumed,
            List<Blocker> blockers) {}

    private final class Attempt {

        private final int attempt;
        private final int number;
        private final Set<Integer> ended = new HashSet<>();
        private Seen seen = Seen.NOTHING;

        /** @param attempt as the ledger counts, {@code number} within this run of the step: the rung of the ladder */
        Attempt(int attempt, int number) {
            this.attempt = attempt;
            this.number = number;
        }

        Look awaitClear(Instant deadline) {
            List<Lockable> claims = lockable(work.step().locks());
            List<LockClaim> wanted = claims.stream().map(Lockable::claim).toList();
            Instant since = context.pace().now();
            for (int looks = 0;; looks++) {
                // Where every transaction is longer than the rung, none would ever be found: look for longer ones then.
                int rung = number + looks / LOOKS_PER_RUNG;
                List<Holder> holders = lookout.holders(wanted, context.locks().rung(rung));
                List<Holder> hindering = holders.stream().filter(holder -> holder.kind() != Holder.Kind.AUTOVACUUM)
                        .toList();
                List<Blocker> blockers = hindering.stream().map(Holder::blocker).toList();
                if (hindering.isEmpty()) {
                    List<LockClaim> vacuumed = holders.stream()
                            .map(holder -> new LockClaim(holder.relation(), holder.wanted())).distinct().toList();
                    return new Look(true, false, rung, claims, vacuumed, blockers);
                }
                Holder first = hindering.get(0);
                Duration waited = Duration.between(since, context.pace().now());
                context.ledger().waiting(context.tenure(), work, attempt,
                        new LockClaim(first.relation(), first.wanted()), blockers, waited);
                if (context.pace().now().isAfter(deadline)) {
                    context.ledger().attemptOver(context.tenure(), work, attempt, AttemptOutcome.LOCK_TIMEOUT,
                            Optional.empty(), "not asked for: held by " + names(blockers), Optional.empty(),
                            Seen.NOTHING);
                    return new Look(false, false, rung, claims, List.of(), blockers);
                }
                if (!context.ledger().wanted(context.tenure(), work)) {
                    context.ledger().attemptOver(context.tenure(), work, attempt, AttemptOutcome.INTERRUPTED,
                            Optional.empty(), "the run is held", Optional.empty(), Seen.NOTHING);
                    return new Look(false, true, rung, claims, List.of(), blockers);
                }
                endThoseAllowed(hindering);
                context.pace().pause(context.locks().look());
            }
        }

        private void endThoseAllowed(List<Holder> hindering) {
            BlockerPolicy policy = context.locks().blockers();
            for (Blocker blocker : policy.allowed(hindering)) {
                if (ended.add(blocker.pid())) {
                    LOG.warnf("ending a session that holds what a step needs: target=%s step=%s pid=%d how=%s",
                            context.tenure().target().name(), work.step().id(), blocker.pid(), policy.end());
                    context.ledger().ending(context.tenure(), work, attempt, blocker, policy.end());
                    end(policy.end(), blocker);
                }
            }
        }

        private void end(BlockerPolicy.End how, Blocker blocker) {
            try {
                lookout.end(how, blocker);
            } catch (SqlFailure e) {
                if (e.state() != SqlState.INSUFFICIENT_PRIVILEGE) {
                    throw e;
                }
                LOG.warnf("may not end it: grant pg_signal_backend to the migrator: target=%s pid=%d reason=%s",
                        context.tenure().target().name(), blocker.pid(), e.getMessage());
            }
        }

        /** @return empty if it is worth another try */
        Optional<StepResult> act(Look look) {
            Session session = context.tenure().hand();
            Optional<LockClaim> claim = look.claims.stream().findFirst().map(Lockable::claim);
            try {
                transaction(session, look);
            } catch (StepLedger.StepStopped e) {
                rollback(session);
                context.ledger().attemptOver(context.tenure(), work, attempt, AttemptOutcome.INTERRUPTED,
                        Optional.empty(), "the run is held", Optional.empty(), Seen.NOTHING);
                return Optional.of(new StepResult.Stopped());
            } catch (SqlFailure e) {
                if (e.state() == SqlState.CONNECTION_LOST || !session.open()) {
                    throw e;
                }
                rollback(session);
                context.ledger().attemptOver(context.tenure(), work, attempt, AttemptOutcome.of(e.state()),
                        Optional.of(e.sqlState()), Failures.of(work.step(), e).message(), claim, seen);
                if (e.state().retryable()) {
                    return Optional.empty();
                }
                var failure = Failures.of(work.step(), e);
                context.ledger().fail(context.tenure(), work, OptionalInt.of(attempt), failure);
                return Optional.of(new StepResult.Failed(failure));
            }
            claim.filter(any -> !seen.blockers().isEmpty() || !seen.victims().isEmpty())
                    .ifPresent(any -> context.ledger().lockTaken(context.tenure(), work, attempt, any, seen));
            return Optional.of(new StepResult.Succeeded());
        }

        private void transaction(Session session, Look look) {
            Duration rung = context.locks().rung(look.rung);
            Duration hold = context.locks().statementTimeout();
            // Settings are set anew in each attempt: a rollback or a reconnect has lost them.
            session.queueScript(
                    "BEGIN; SET LOCAL lock_timeout = 1000; SET LOCAL statement_timeout = " + hold.toMillis());
            body.before(session);
            context.ledger().finishWithin(session, context.tenure(), work, attempt, Optional.empty());
            String script = context.tenure().asOwner() + LockScript.of(look.claims, rung, number, look.vacuumed)
                    + body.script()
                    + (body.hasAfter() ? context.tenure().asOurselves() : "COMMIT");
            var answer = session.sendScript(script);
            Duration limit = hold.plus(rung).plus(look.vacuumed.isEmpty() ? Duration.ZERO : hold);
            seen = new Watcher(lookout).watch(session, answer, limit);
            session.await(answer);
            if (body.hasAfter()) {
                body.after(session);
                session.execute("COMMIT");
            }
        }
    }

    /**
     * Indexes and sequences cannot be locked by LOCK TABLE, and a view only together with all that it reads; what does not
     * exist yet is nobody's to lock.
     */
    private List<Lockable> lockable(List<LockClaim> claims) {
        if (claims.isEmpty()) {
            return List.of();
        }
        return claims.stream().flatMap(claim -> context.tenure().watch().query("""
                SELECT EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid) AS parent
                FROM pg_class c WHERE c.oid = to_regclass($1::text) AND c.relkind IN ('r', 'p')
                """, claim.relation().quoted()).stream().map(row -> new Lockable(claim, row.getBoolean("parent"))))
                .toList();
    }

    private static void rollback(Session session) {
        try {
            session.execute("ROLLBACK");
        } catch (SqlFailure e) {
            if (session.open()) {
                throw e;
            }
        }
    }

    private static String names(List<Blocker> blockers) {
        return blockers.stream().map(blocker -> "pid " + blocker.pid() + " (" + blocker.application() + ", "
                + blocker.user() + ", " + blocker.state() + ")").distinct().collect(Collectors.joining(", "));
    }
}
