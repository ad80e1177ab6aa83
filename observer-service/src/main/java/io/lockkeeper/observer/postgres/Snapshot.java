package io.lockkeeper.observer.postgres;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which transactions a statement sees, as {@code pg_current_snapshot()} says it.
 *
 * @param oldest  all before it are over
 * @param next    neither it nor any behind it is seen
 * @param running between the two, those that are not over
 */
record Snapshot(long oldest, long next, Set<Long> running) {

    /** @param text {@code oldest:next:running,running…} */
    static Snapshot parse(String text) {
        String[] parts = text.split(":", -1);
        return new Snapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]),
                parts[2].isEmpty()
                        ? Set.of()
                        : Arrays.stream(parts[2].split(",")).map(Long::valueOf).collect(Collectors.toSet()));
    }

    /** @param transaction its lower 32 bits: of those that have them, the one next to the snapshot is meant */
    boolean sees(long transaction) {
        long full = next + (int) (transaction - next);
        return full < oldest || full < next && !running.contains(full);
    }
}
