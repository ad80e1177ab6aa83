package io.lockkeeper.planner.catalog;

/** What {@code pg_proc.provolatile} says, most harmless first. */
public enum Volatility {
    IMMUTABLE, STABLE, VOLATILE
}
