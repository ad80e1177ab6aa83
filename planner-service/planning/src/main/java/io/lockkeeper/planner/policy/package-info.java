/** What no migration should do, whatever would make it safe: looked at before any rewrite. */
package io.lockkeeper.planner.policy;
