/**
 * One class per kind of statement: each knows the safe sequence, its locks, its undo and its validation. Start reading at
 * {@link io.lockkeeper.planner.rewrite.Rewriter}.
 */
package io.lockkeeper.planner.rewrite;
