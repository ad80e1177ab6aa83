package io.lockkeeper.planner.analysis;

import java.util.Set;

/** Knows what one kind of statement, or subcommand of ALTER TABLE, does as written. */
interface Operation {

    /** The kinds that it takes, as {@link io.lockkeeper.planner.statement.StatementKind} names them. */
    Set<String> takes();

    void tell(Written written, Effects effects);
}
