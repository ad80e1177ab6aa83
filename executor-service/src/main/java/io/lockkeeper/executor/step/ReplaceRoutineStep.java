package io.lockkeeper.executor.step;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.RoutineIdentity;
import io.lockkeeper.target.SqlFailure;

/** CREATE OR REPLACE of one routine, which leaves owner and grants as they are. */
public final class ReplaceRoutineStep implements StepWork {

    private final Action.ReplaceRoutine action;

    public ReplaceRoutineStep(Action.ReplaceRoutine action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        return new TransactionalStep(context,
                new RoutineWork(context, List.of(action.identity()), action.sql().strip() + "\n;\n") {

                    @Override
                    void check(RoutineIdentity routine, Optional<RoutineStanding> was, Optional<RoutineStanding> is) {
                        require(routine, was, is);
                    }
                }).run();
    }

    @Override
    public StepResult undo(StepContext context) {
        // Without looking at bodies: they were good, and their names may be found only under another search_path.
        String script = context.ledger().routineBefore(context.tenure(), context.work())
                .map(before -> "SET LOCAL check_function_bodies = off;\n" + before)
                .orElseGet(() -> "DROP ROUTINE IF EXISTS " + action.identity().quoted());
        return new TransactionalStep(context, () -> script + "\n;\n").run();
    }

    private static void require(RoutineIdentity routine, Optional<RoutineStanding> was, Optional<RoutineStanding> is) {
        RoutineStanding after = is.orElseThrow(() -> new SqlFailure("42883", "the statement did not define "
                + routine.quoted() + ": the plan names another routine", null));
        was.filter(old -> !old.sameRights(after)).ifPresent(old -> {
            throw new SqlFailure("42501",
                    "replacing " + routine.quoted() + " would change its owner or grants: " + old.owner() + " "
                            + old.acl().orElse("") + " would become " + after.owner() + " " + after.acl().orElse(""),
                    null);
        });
    }
}
