package io.lockkeeper.planner.review;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.WireNames;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;

/**
 * How long a step works and how much it writes to the write-ahead log, from the table's size and the speed of earlier
 * runs on the same target. Waiting for locks and gates is not in it.
 */
public final class Estimator {

    private static final double MIB = 1024.0 * 1024;

    /** For a target without a history: slow on purpose, so that the first surprise is a pleasant one. Bytes per second. */
    private static final Map<String, Double> ASSUMED = Map.of("validate-constraint", 150 * MIB, "create-index",
            30 * MIB, "reindex", 30 * MIB, "refresh-view", 30 * MIB, "backfill", 8 * MIB, "change-rows", 8 * MIB);

    /** An index entry without its key: line pointer and tuple header; the key is taken for as long again. */
    private static final int INDEX_ENTRY = 24;
    /** What a record of the log has around its content: a deleted row's has nothing else. */
    private static final int RECORD = 60;

    private final Surroundings surroundings;

    public Estimator(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Work that grows with the table; what only changes the catalog has its sizes alone. */
    public Step.Estimate estimate(Action action, Relation table, Catalog catalog) {
        // A partitioned table has no rows of its own.
        List<Relation> parts = table.kind() == Relation.Kind.PARTITIONED_TABLE
                ? catalog.descendants(table.name())
                : List.of(table);
        long rows = parts.stream().mapToLong(Relation::rows).sum();
        long bytes = parts.stream().mapToLong(Relation::bytes).sum();
        String kind = WireNames.kind(action);
        if (!ASSUMED.containsKey(kind)) {
            return new Step.Estimate(rows, bytes);
        }
        Optional<Surroundings.Speed> measured = Optional.ofNullable(surroundings.speeds().get(kind));
        double speed = measured.map(Surroundings.Speed::bytesPerSecond).orElse(ASSUMED.get(kind));
        return new Step.Estimate(rows, bytes, Optional.of(Duration.ofMillis(Math.round(bytes / speed * 1000))),
                Optional.of(walBytes(action, rows, bytes, table.indexes().size())),
                Optional.of(measured.map(found -> "measured: " + found.steps() + " earlier steps of this kind")
                        .orElse("assumed: no earlier step of this kind")
                        + (action instanceof Action.ChangeRows || action instanceof Action.RefreshView
                                ? ", if every row changes"
                                : "")));
    }

    /** Pages are written whole once, after a checkpoint; what is changed in them comes on top. */
    private static long walBytes(Action action, long rows, long bytes, int indexes) {
        if (action instanceof Action.Backfill || action instanceof Action.RefreshView) {
            return updated(rows, bytes, indexes);
        }
        if (action instanceof Action.ChangeRows change) {
            return switch (change.head().stripLeading().split("\\s", 2)[0].toUpperCase(Locale.ROOT)) {
                case "DELETE" -> bytes + rows * RECORD;
                // The driving table is read alone; its rows are taken for as long and as indexed as the new ones.
                case "INSERT" -> bytes + changed(rows, indexes);
                default -> updated(rows, bytes, indexes);
            };
        }
        if (action instanceof Action.Reindex reindex) {
            return rows * INDEX_ENTRY * (reindex.index().isPresent() ? 1 : indexes);
        }
        return action instanceof Action.CreateIndex ? rows * INDEX_ENTRY : 0;
    }

    private static long updated(long rows, long bytes, int indexes) {
        return 2 * bytes + changed(rows, indexes);
    }

    /** Each row has a record beside itself, and an entry in every index; a build writes its pages whole. */
    private static long changed(long rows, int indexes) {
        return rows * (RECORD + (long) (RECORD + INDEX_ENTRY) * indexes);
    }
}
