/** Runs a plan on a copy of its target's schema, and holds it against what the server does. */
package io.lockkeeper.planner.rehearsal;
