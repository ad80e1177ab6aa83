package io.lockkeeper.planner.release;

/** A row of the target's migration history. */
public record AppliedMigration(String version, String path, String checksum) {}
