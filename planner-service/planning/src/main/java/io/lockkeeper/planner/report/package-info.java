/** Statements and plans as other people and machines read them. */
package io.lockkeeper.planner.report;
