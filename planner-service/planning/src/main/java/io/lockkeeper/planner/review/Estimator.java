package io.lockkeeper.planner.review;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.WireNames;
import io.lockkeeper.planner.catalog.Relation;

/**
 * How long a step works and how much it writes to the write-ahead log, from the table's size and the speed of earlier
 * runs on the same target. Waiting for locks and gates is not in it.
 */
public final class Estimator {

    private static final double MIB = 1024.0 * 1024;

    /** For a target without a history: slow on purpose, so that the first surprise is a pleasant one. Bytes per second. */
    private static final Map<String, Double> ASSUMED = Map.of("validate-constraint", 150 * MIB, "create-index",
            30 * MIB,
            "backfill", 8 * MIB);

    /** An index entry without its key: line pointer and tuple header; the key is taken for as long again. */
    private static final int INDEX_ENTRY = 24;

    private final Surroundings surroundings;

    public Estimator(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Work that grows with the table; what only changes the catalog has its sizes alone. */
    public Step.Estimate estimate(Action action, Relation table) {
        String kind = WireNames.kind(action);
        if (!ASSUMED.containsKey(kind)) {
            return new Step.Estimate(table.rows(), table.bytes());
        }
        Optional<Surroundings.Speed> measured = Optional.ofNullable(surroundings.speeds().get(kind));
        double speed = measured.map(Surroundings.Speed::bytesPerSecond).orElse(ASSUMED.get(kind));
        return new Step.Estimate(table.rows(), table.bytes(),
                Optional.of(Duration.ofMillis(Math.round(table.bytes() / speed * 1000))),
                Optional.of(walBytes(action, table)),
                Optional.of(measured.map(found -> "measured: " + found.steps() + " earlier steps of this kind")
                        .orElse("assumed: no earlier step of this kind")));
    }

    private static long walBytes(Action action, Relation table) {
        if (action instanceof Action.Backfill) {
            // Each page whole once, after a checkpoint; then each row anew, and its entry in every index.
            return 2 * table.bytes() + table.rows() * INDEX_ENTRY * table.indexes().size();
        }
        return action instanceof Action.CreateIndex ? table.rows() * INDEX_ENTRY : 0;
    }
}
