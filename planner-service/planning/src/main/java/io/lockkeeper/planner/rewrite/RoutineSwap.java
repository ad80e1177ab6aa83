package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.routine.RoutineChange;

/**
 * A replacement that PostgreSQL refuses, under the same name: the old routine steps aside and the new one takes its name in
 * one transaction, so that every call finds one of the two. Whoever calls it meets the other promise from then on: so it waits
 * for the old version, unless both are declared able. The old one is kept, untouched, until the drop.
 */
final class RoutineSwap {

    private RoutineSwap() {}

    /** @param next with the owner, grants and comment of the old one */
    static Sequence of(Subject subject, Routine old, Routine next, String underSearchPath, RoutineChange change,
            List<Step.LockClaim> locks) {
        RoutineRetirement.requireOwn(old);
        RoutineRetirement.requireUnneeded(old, "It would go on using the old one, which then could not be dropped.",
                "Create the new one under a new name, with the comment -- lockkeeper: supersedes " + old.identity()
                        + ", and move what needs it.");
        RelationName away = RoutineRetirement.away(subject, old);
        List<String> statements = new ArrayList<>();
        statements.add(RoutineRetirement.rename(old, old.name(), away));
        statements.add(underSearchPath);
        statements.addAll(RoutineRights.statements(next.quoted(), old.standing().orElseThrow()));
        SmokeCall.of(subject).ifPresent(statements::add);
        Stage stage = subject.release().swap();
        String promise = change.words();
        return Sequence.of(subject.catalog().with(next.withoutStanding()).leaving(old),
                Draft.ddl(stage, "swap-routine-" + old.name().name(), "Let the new routine " + old.identity()
                        + " take the place of the old one", statements).withLocks(locks)
                        .keeping(old.named(old.name()), old.named(away))
                        .undoneBy("DROP ROUTINE " + next.quoted() + " RESTRICT",
                                RoutineRetirement.rename(old, away, old.name()))
                        .validatedBy(Probe.routineExists(old.quotedAs(away))),
                RoutineRetirement.drop(subject, old, away))
                .withTolerance(Tolerance.Side.OLD_VERSION, "calls routine " + old.identity() + (stage == Stage.SWAP
                        ? " as before until the swap"
                        : " as before, and after the swap under its new promise: " + promise))
                .withTolerance(Tolerance.Side.NEW_READERS, "call routine " + old.identity()
                        + " under either promise: " + promise)
                .withNote("for whoever calls routine " + old.identity() + ", from the swap on " + promise
                        + "; to let both live side by side, give the new one a new name and the comment"
                        + " -- lockkeeper: supersedes " + old.identity());
    }
}
