package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.RoutineIdentity;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Stage;

/**
 * A step before the plan gives it its number and its gate.
 *
 * @param slug short and speaking, becomes part of the step's id
 */
public record Draft(Stage stage, String slug, String title, Action action, List<Step.LockClaim> locks,
        Optional<Step.Undo> undo, Optional<String> validation) {

    public Draft {
        locks = List.copyOf(locks);
    }

    static Draft of(Stage stage, String slug, String title, Action action, Step.LockClaim... locks) {
        return new Draft(stage, slug, title, action, List.of(locks), Optional.empty(), Optional.empty());
    }

    static Draft ddl(Stage stage, String slug, String title, List<String> statements, Step.LockClaim... locks) {
        return of(stage, slug, title, new Action.Ddl(statements), locks);
    }

    static Step.LockClaim lock(RelationName relation, LockMode mode) {
        return new Step.LockClaim(relation, mode);
    }

    /** The locks of what the step does something to: what a routine's body names is only opened. */
    public List<Step.LockClaim> changes() {
        boolean ofRoutine = action instanceof Action.ReplaceRoutine
                || action instanceof Action.Ddl ddl && !ddl.routines().isEmpty();
        return ofRoutine ? List.of() : locks;
    }

    public Draft at(Stage other) {
        return new Draft(other, slug, title, action, locks, undo, validation);
    }

    Draft withLocks(List<Step.LockClaim> claims) {
        return new Draft(stage, slug, title, action, claims, undo, validation);
    }

    /** What its statements make of these routines is kept in the ledger. */
    Draft keeping(RoutineIdentity... routines) {
        Action.Ddl ddl = (Action.Ddl) action;
        return new Draft(stage, slug, title, new Action.Ddl(ddl.statements(), List.of(routines)), locks, undo,
                validation);
    }

    /** Taking it back loses nothing. */
    Draft undoneBy(String... statements) {
        return undone(true, "", new Action.Ddl(List.of(statements)));
    }

    /** Taking it back loses what was written since. */
    Draft undoneWithLossBy(String note, String... statements) {
        return undone(false, note, new Action.Ddl(List.of(statements)));
    }

    Draft undone(boolean lossless, String note, Action... actions) {
        return new Draft(stage, slug, title, action, locks,
                Optional.of(new Step.Undo(List.of(actions), List.of(), lossless, note)), validation);
    }

    /** There is nothing to take back: what it did goes with the step before it, or harms nobody. */
    Draft undoneByNothing(String note) {
        return undone(true, note);
    }

    /** What taking it back locks; nothing where it is not taken back. */
    public Draft undoTaking(List<Step.LockClaim> claims) {
        return new Draft(stage, slug, title, action, locks, undo.map(planned -> new Step.Undo(planned.actions(), claims,
                planned.lossless(), planned.note())), validation);
    }

    /** @param sql returns no rows once the step is done; {@link Probe} renders it */
    Draft validatedBy(String sql) {
        return new Draft(stage, slug, title, action, locks, undo, Optional.of(sql));
    }
}
