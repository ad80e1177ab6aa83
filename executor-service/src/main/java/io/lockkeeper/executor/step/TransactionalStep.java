package io.lockkeeper.executor.step;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
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
 * the probe. So a step that nothing hinders has this transaction alone; the ledger is told of an attempt before only where
 * somebody must see it, or something else comes of it than success.
 */
final class TransactionalStep {

    /** What a step does in its transaction. */
    interface Body {

        /** Others wait to see the step RUNNING. */
        default boolean seenRunning() {
            return false;
        }

        /** The step is RUNNING, if that is to be seen, and nothing was done: what must be awaited first. Empty to go on. */
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
        boolean straight = work.direction() == Assignment.Direction.APPLY && !body.seenRunning();
        String lastBlockers = "";
        OptionalInt begun = OptionalInt.empty();
        for (int number = 1; number <= context.locks().attempts(); number++) {
            Attempt attempt = new Attempt(number);
            if ((number > 1 || !straight) && !attempt.begin()) {
                return new StepResult.Stopped();
            }
            context.crash().before(step.id());
            Optional<StepResult> notReady = body.awaitReady();
            if (notReady.isPresent()) {
                return notReady.get();
            }
            context.rest(Duration.between(context.pace().now(),
                    context.duty().free(context.tenure(), step.locks(), context.pace().now())));
            Look look = attempt.awaitClear(deadline);
            if (look.stopped) {
                return new StepResult.Stopped();
            }
            begun = attempt.begun;
            if (!look.clear) {
                lastBlockers = names(look.blockers);
                break;
            }
            Optional<StepResult> result = attempt.act(look);
            begun = attempt.begun;
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

        private final int number;
        private final Set<Integer> ended = new HashSet<>();
        private OptionalInt begun = OptionalInt.empty();
        private Seen seen = Seen.NOTHING;

        /** @param number within this run of the step: the rung of the ladder */
        Attempt(int number) {
            this.number = number;
        }

        /** Tells the ledger, unless it knows; false if the run no longer wants the step. */
        boolean begin() {
            if (begun.isEmpty()) {
                begun = context.ledger().begin(context.tenure(), work, context.tenure().hand().backendPid());
            }
            return begun.isPresent();
        }

        private void over(AttemptOutcome outcome, Optional<String> sqlState, String message,
                Optional<LockClaim> claim) {
            context.ledger().attemptOver(context.tenure(), work, begun.orElseThrow(), outcome, sqlState, message, claim,
                    seen);
        }

        Look awaitClear(Instant deadline) {
            Supplier<List<Lockable>> lockable = lookout.lockable(work.step().locks());
            Instant since = context.pace().now();
            for (int looks = 0;; looks++) {
                // Where every transaction is longer than the rung, none would ever be found: look for longer ones then.
                int rung = number + looks / LOOKS_PER_RUNG;
                List<Holder> all = lookout.holders(work.step().locks(), context.locks().rung(rung));
                List<Lockable> claims = lockable.get();
                List<Holder> holders = all.stream().filter(holder -> claims.stream()
                        .anyMatch(claim -> claim.claim().equals(holder.claim()))).toList();
                List<Holder> hindering = holders.stream().filter(holder -> holder.kind() != Holder.Kind.AUTOVACUUM)
                        .toList();
                List<Blocker> blockers = hindering.stream().map(Holder::blocker).toList();
                if (hindering.isEmpty()) {
                    List<LockClaim> vacuumed = holders.stream().map(Holder::claim).distinct().toList();
                    return new Look(true, false, rung, claims, vacuumed, blockers);
                }
                if (!begin()) {
                    return new Look(false, true, rung, claims, List.of(), blockers);
                }
                Holder first = hindering.get(0);
                Duration waited = Duration.between(since, context.pace().now());
                context.ledger().waiting(context.tenure(), work, begun.getAsInt(), first.claim(), blockers, waited);
                if (context.pace().now().isAfter(deadline)) {
                    over(AttemptOutcome.LOCK_TIMEOUT, Optional.empty(), "not asked for: held by " + names(blockers),
                            Optional.empty());
                    return new Look(false, false, rung, claims, List.of(), blockers);
                }
                if (!context.ledger().wanted(context.tenure(), work)) {
                    over(AttemptOutcome.INTERRUPTED, Optional.empty(), "the run is held", Optional.empty());
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
                    context.ledger().ending(context.tenure(), work, begun.orElseThrow(), blocker, policy.end(), false);
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
                context.ledger().ending(context.tenure(), work, begun.orElseThrow(), blocker, how, true);
                LOG.warnf("may not end it: grant pg_signal_backend to the migrator: target=%s pid=%d reason=%s",
                        context.tenure().target().name(), blocker.pid(), e.getMessage());
            }
        }

        /** @return empty if it is worth another try */
        Optional<StepResult> act(Look look) {
            Session session = context.tenure().hand();
            Optional<LockClaim> claim = look.claims.stream().findFirst().map(Lockable::claim);
            int attempt;
            try {
                attempt = transaction(session, look);
            } catch (StepLedger.StepStopped e) {
                rollback(session);
                if (begun.isPresent()) {
                    over(AttemptOutcome.INTERRUPTED, Optional.empty(), "the run is held", Optional.empty());
                }
                return Optional.of(new StepResult.Stopped());
            } catch (SqlFailure e) {
                if (e.state() == SqlState.CONNECTION_LOST || !session.open()) {
                    throw e;
                }
                rollback(session);
                var failure = Failures.of(work.step(), e);
                if (!begin()) {
                    return Optional.of(new StepResult.Stopped());
                }
                over(AttemptOutcome.of(e.state()), Optional.of(e.sqlState()), failure.message(), claim);
                if (e.state().retryable()) {
                    return Optional.empty();
                }
                context.ledger().fail(context.tenure(), work, begun, failure);
                return Optional.of(new StepResult.Failed(failure));
            }
            claim.filter(any -> !seen.blockers().isEmpty() || !seen.victims().isEmpty())
                    .ifPresent(any -> context.ledger().lockTaken(context.tenure(), work, attempt, any, seen));
            return Optional.of(new StepResult.Succeeded());
        }

        /** @return the attempt's number in the ledger */
        private int transaction(Session session, Look look) {
            Duration rung = context.locks().rung(look.rung);
            Duration hold = context.locks().statementTimeout();
            // Settings are set anew in each attempt: a rollback or a reconnect has lost them.
            session.queueScript(
                    "BEGIN; SET LOCAL lock_timeout = 1000; SET LOCAL statement_timeout = " + hold.toMillis());
            body.before(session);
            int attempt = context.ledger().finishWithin(session, context.tenure(), work, begun);
            String script = context.tenure().asOwner() + LockScript.of(look.claims, rung, number, look.vacuumed)
                    + body.script()
                    + (body.hasAfter() ? context.tenure().asOurselves() : "COMMIT");
            var answer = session.sendScript(script);
            Duration limit = hold.plus(rung).plus(look.vacuumed.isEmpty() ? Duration.ZERO : hold);
            seen = new Watcher(lookout).watch(session, answer, limit);
            context.duty().waited(context.tenure(), work.step().locks(), seen.longestVictim(), context.pace().now());
            session.await(answer);
            if (body.hasAfter()) {
                body.after(session);
                session.execute("COMMIT");
            }
            return attempt;
        }
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
