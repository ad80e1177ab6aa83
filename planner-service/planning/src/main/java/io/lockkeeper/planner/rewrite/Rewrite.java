package io.lockkeeper.planner.rewrite;

import java.util.Set;

import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * Makes one kind of statement safe: knows its SQL, its locks, its undo and its validation. One class, one test case
 * folder, one page below {@code docs/rewrites}.
 */
interface Rewrite {

    /** The kinds of statement that it takes, as {@link io.lockkeeper.planner.statement.StatementKind} names them. */
    Set<String> takes();

    /** @throws RefusedStatement where the statement cannot be made safe */
    Sequence rewrite(Subject subject);
}
