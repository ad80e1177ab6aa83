package io.lockkeeper.executor.history;

import java.util.Optional;

/**
 * A row of the team's own history.
 *
 * @param crc32     where the tool keeps one
 * @param sound     the tool says that it was applied whole
 * @param inclusive everything up to this version was applied: there is a row for the last one only
 */
public record AppliedVersion(String version, Optional<Integer> crc32, boolean sound, boolean inclusive) {}
