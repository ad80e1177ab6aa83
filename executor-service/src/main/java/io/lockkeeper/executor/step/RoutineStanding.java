package io.lockkeeper.executor.step;

import java.util.Optional;

/**
 * All that there is of a routine.
 *
 * @param definition with its settings, as {@code lockkeeper.routine_definition} prints it
 * @param acl        as {@code pg_proc} has it; absent: as PostgreSQL gives it to a new routine
 */
public record RoutineStanding(String definition, String owner, Optional<String> acl, Optional<String> comment) {

    boolean sameRights(RoutineStanding other) {
        return owner.equals(other.owner) && acl.equals(other.acl);
    }
}
