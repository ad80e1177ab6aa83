package io.lockkeeper.executor.step;

import java.util.Optional;

/**
 * How fast a person lets data steps of a run go.
 *
 * @param workers at most; absent: as configured
 * @param rest    after a batch at least, as a share of its time; absent: as configured
 */
public record Tuning(Optional<Integer> workers, Optional<Double> rest) {

    public static final Tuning NONE = new Tuning(Optional.empty(), Optional.empty());
}
