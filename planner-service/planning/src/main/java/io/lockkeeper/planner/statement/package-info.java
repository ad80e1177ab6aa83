/** Statements as written: where they stand, what their names mean, and exact pieces of their text. */
package io.lockkeeper.planner.statement;
