package io.lockkeeper.executor.throttle;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import io.lockkeeper.executor.pace.Pace;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;

/** Keeps the speed of one backfill: its owner lets it look between everything else, its workers ask before each batch. */
public final class Governor {

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration FEEL = Duration.ofSeconds(1);
    private static final int BEATS = 10;
    /** What was written has to leave the server's buffers and the disk's queue, or the stillness feels of us too. */
    private static final Duration SETTLES = Duration.ofMillis(500);
    private static final Duration STILL = Duration.ofSeconds(2);
    private static final Duration STILL_AGAIN = Duration.ofSeconds(30);

    private final Session session;
    private final RelationName table;
    private final List<Integer> ours;
    private final int processors;
    private final Hooks hooks;
    private final Pace pace;
    private final Pulse pulse = new Pulse();
    private final Throttle throttle;
    private volatile Speed speed;
    private volatile boolean still;
    private Instant looked = Instant.EPOCH;
    private Instant felt = Instant.EPOCH;
    private Instant stillSince = Instant.EPOCH;

    /**
     * @param session    to look with, not used by others meanwhile
     * @param ours       backends that move data
     * @param mostRest   after a batch, as a share of its time
     * @param processors of the server; 0 where unknown
     */
    public Governor(Session session, RelationName table, List<Integer> ours, double mostRest, int processors,
            Hooks hooks, Pace pace) {
        this.session = session;
        this.table = table;
        this.ours = List.copyOf(ours);
        this.processors = processors;
        this.hooks = hooks;
        this.pace = pace;
        this.throttle = new Throttle(ours.size(), mostRest, hooks.names(), pulse);
        this.speed = throttle.look(read(), pace.now());
    }

    public Speed speed() {
        Speed now = speed;
        return still ? now.held() : now;
    }

    /** @param atWork whether a batch runs now */
    public void look(BooleanSupplier atWork) {
        Instant now = pace.now();
        if (speed.rest() == 0 || speed.workers() == 0) {
            still = false; // nobody is there to feel it, or nothing is done
        } else {
            feel(atWork.getAsBoolean(), now);
        }
        if (now.isBefore(looked.plus(LOOK))) {
            return;
        }
        looked = now;
        speed = throttle.look(read(), now);
    }

    /** First, and again from time to time, in a stillness of our making; else while the workers go on. */
    private void feel(boolean atWork, Instant now) {
        if (!still && now.isAfter(stillSince.plus(STILL_AGAIN))) {
            still = true;
            stillSince = now;
        }
        if (still) {
            if (!atWork && now.isAfter(stillSince.plus(SETTLES))) {
                beats(false);
            }
            still = now.isBefore(stillSince.plus(STILL));
        } else if (now.isAfter(felt.plus(FEEL))) {
            felt = now;
            beats(true);
        }
    }

    private void beats(boolean working) {
        for (int beats = 0; beats < BEATS; beats++) {
            pulse.add(working, Pulse.beat(session));
        }
    }

    private Readings read() {
        try {
            return Readings.take(session, table, ours, processors, hooks);
        } catch (SqlFailure e) {
            if (!session.open()) {
                throw e;
            }
            return new Readings(Map.of(), hooks.read(), Optional.empty()); // the throttle counts what is missing
        }
    }
}
