/** What a routine promises to its callers, and what a release changes of it. */
package io.lockkeeper.planner.routine;
