package io.lockkeeper.planner.rewrite;

/** What a version of the application meets while a statement is under way. */
public record Tolerance(Side side, String text) {

    public enum Side {
        OLD_VERSION, NEW_WRITERS, NEW_READERS
    }
}
