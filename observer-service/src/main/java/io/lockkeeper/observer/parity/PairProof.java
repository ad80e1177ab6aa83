package io.lockkeeper.observer.parity;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Watch.ParityPair;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Keys;
import io.lockkeeper.observer.gate.Words;
import io.lockkeeper.observer.parity.RowCompare.Chunk;
import io.lockkeeper.observer.parity.RowCompare.Extent;
import io.lockkeeper.observer.parity.RowCompare.Trigger;

/**
 * The proof that one pair of shapes agrees, for one gate attempt: every row is compared, and from the moment the compare
 * begins the synchronising trigger must be there, enabled and untouched. A row is exact in any snapshot, so rows that
 * change after they were compared can only be wrong if the trigger did not fire, or does the wrong thing. Where a change
 * stream names them, they are compared again and one compare is enough. Where none does, compares follow each other, and
 * the last one must have begun late enough: a trigger that was wrong all along is met by what it wrote.
 *
 * <p>
 * One thread compares; the change stream's thread reports what it saw.
 */
public final class PairProof {

    private final String id;
    private final ParityPair pair;
    private final CompareStore store;
    private final Keys keys;
    private final LongSupplier nanos;
    private final Runnable contradicted;
    private final Finding.Claim claim;

    private Optional<CompareProgress> progress;
    /** Unknown for a compare that an observer before this one began. */
    private Instant begun = Instant.MIN;
    private Optional<Proven> proven = Optional.empty();
    private final DifferingKeys differingKeys = new DifferingKeys();
    private long rechecked;
    private String restartReason = "";
    private Optional<String> trackLost = Optional.empty();
    private final Pace pace = new Pace(256, 65_536);

    /** How rows that change after they were compared are met. */
    sealed interface Rounds {}

    /** The change stream names them. */
    record Once() implements Rounds {}

    /** @param from only a compare that began at this moment or later counts; empty where none counts yet */
    record Again(Optional<Instant> from) implements Rounds {}

    /** The last compare that has met every row and no difference. */
    private record Proven(CompareProgress compare, Instant begun) {}

    /**
     * @param nanos        monotonic clock, in nanoseconds
     * @param contradicted called when a changed row differs: nobody should wait for the next look
     */
    public PairProof(String id, ParityPair pair, CompareStore store, Keys keys, LongSupplier nanos,
            Runnable contradicted) {
        this.id = id;
        this.pair = pair;
        this.store = store;
        this.keys = keys;
        this.nanos = nanos;
        this.contradicted = contradicted;
        this.progress = store.load(id, CompareProgress.class);
        this.claim = new Finding.Claim(EvidenceKind.PARITY, pair.id(), "old and new shape agree in every row",
                Severity.P1, "0 rows differ; trigger enabled and unchanged", "compare of " + pair.relation());
    }

    public ParityPair pair() {
        return pair;
    }

    /** Compares further for at most about {@code budget}, then says what is known. */
    public Finding advance(RowCompare compare, Duration budget, Instant now, Rounds rounds) {
        Optional<Trigger> trigger = Optional.empty();
        if (!pair.trigger().isBlank()) {
            trigger = compare.trigger(pair);
            if (trigger.isEmpty()) {
                restart("the trigger was missing");
                return claim.failed("trigger " + pair.trigger() + " is not there", Optional.empty());
            }
            if (!trigger.get().enabled()) {
                restart("the trigger was disabled");
                return claim.failed("trigger " + pair.trigger() + " is disabled", Optional.empty());
            }
        }
        String fingerprint = trigger.map(Trigger::fingerprint).orElse("");
        if (progress().filter(known -> !known.trigger().equals(fingerprint)).isPresent()) {
            restart("the trigger or its function was altered");
        }
        trackLost().ifPresent(this::restart);
        if (progress().filter(CompareProgress::complete).isPresent()) {
            recheckDiffering(compare);
        }
        compareUntil(compare, fingerprint, nanos.getAsLong() + budget.toNanos(), now,
                rounds instanceof Again);
        return finding(rounds);
    }

    /** From the change stream's thread: rows that it named were compared again. */
    public synchronized void rechecked(Chunk result) {
        if (progress.isEmpty()) {
            return;
        }
        rechecked += result.rows();
        if (result.differing() > 0) {
            CompareProgress known = progress.get();
            progress = Optional.of(new CompareProgress(known.trigger(), known.started(), known.ranges(), known.rows(),
                    known.differing() + result.differing()));
            differingKeys.add(result.keys());
            if (known.differing() == 0) {
                contradicted.run();
            }
        }
    }

    /** What was compared says nothing any more: the compare begins anew. */
    public synchronized void restart(String reason) {
        if (progress.isPresent()) {
            progress = Optional.empty();
            store.delete(id);
        }
        proven = Optional.empty();
        differingKeys.clear();
        rechecked = 0;
        trackLost = Optional.empty();
        restartReason = reason;
    }

    /** From the change stream's thread: rows changed that it cannot name. The store belongs to the other thread. */
    public synchronized void lostTrack(String reason) {
        if (progress.isPresent()) {
            trackLost = Optional.of(reason);
        }
    }

    /** Is there anything yet that a changed row could contradict? */
    public synchronized boolean begun() {
        return progress.isPresent();
    }

    private synchronized Optional<CompareProgress> progress() {
        return progress;
    }

    private synchronized Optional<String> trackLost() {
        return trackLost;
    }

    private void compareUntil(RowCompare compare, String fingerprint, long deadline, Instant now, boolean again) {
        if (progress().filter(known -> !again || !known.complete() || known.differing() > 0).isEmpty()) {
            // The position is read first: every block that is compared from now on has seen at least this.
            var started = compare.position();
            List<CompareProgress.Range> ranges = compare.extents(pair).stream()
                    .map(extent -> new CompareProgress.Range(extent, 0)).toList();
            if (ranges.isEmpty()) {
                return;
            }
            keep(new CompareProgress(fingerprint, started, ranges, 0, 0), now);
        }
        boolean moved = false;
        while (progress().filter(known -> !known.complete()).isPresent() && nanos.getAsLong() < deadline) {
            if (!compareChunk(compare)) {
                restart("the table was rewritten or truncated");
                return;
            }
            moved = true;
        }
        if (moved) {
            progress().ifPresent(known -> store.save(id, known));
        }
        progress().filter(known -> known.complete() && known.differing() == 0)
                .ifPresent(known -> proven = Optional.of(new Proven(known, begun)));
    }

    private boolean compareChunk(RowCompare compare) {
        CompareProgress known = progress().orElseThrow();
        int index = 0;
        while (known.ranges().get(index).done()) {
            index++;
        }
        CompareProgress.Range range = known.ranges().get(index);
        Extent extent = range.extent();
        long end = Math.min(extent.blocks(), range.next() + pace.size());
        long begun = nanos.getAsLong();
        Optional<Chunk> result;
        try {
            result = compare.compare(pair, extent, range.next(), end);
        } catch (CompareTooSlow e) {
            if (!pace.less(end - range.next())) {
                throw e;
            }
            return true;
        }
        if (result.isEmpty()) {
            return false;
        }
        pace.took(nanos.getAsLong() - begun);
        add(index, new CompareProgress.Range(extent, end), result.get());
        return true;
    }

    /** The stream's thread may have added rows meanwhile: read and write in one. */
    private synchronized void add(int index, CompareProgress.Range range, Chunk result) {
        CompareProgress known = progress.orElseThrow();
        List<CompareProgress.Range> ranges = new ArrayList<>(known.ranges());
        ranges.set(index, range);
        progress = Optional.of(new CompareProgress(known.trigger(), known.started(), ranges,
                known.rows() + result.rows(), known.differing() + result.differing()));
        differingKeys.add(result.keys());
    }

    private synchronized void keep(CompareProgress fresh, Instant now) {
        progress = Optional.of(fresh);
        begun = now;
        differingKeys.clear();
        rechecked = 0;
    }

    /** Repaired rows do not make the old compare true; they make a new one worth its cost. */
    private void recheckDiffering(RowCompare compare) {
        List<String> keys;
        synchronized (this) {
            if (progress.orElseThrow().differing() == 0) {
                return;
            }
            keys = differingKeys.all();
        }
        if (keys.isEmpty() || compare.recheck(pair, keys).differing() == 0) {
            restart("the rows that differed agree now");
        }
    }

    private synchronized Finding finding(Rounds rounds) {
        if (progress.isEmpty()) {
            return restartReason.isEmpty()
                    ? claim.unknown("table " + pair.relation() + " is not there")
                    : claim.waiting("the compare begins anew: " + restartReason);
        }
        if (trackLost.isPresent()) {
            return claim.waiting("the compare begins anew: " + trackLost.get());
        }
        CompareProgress known = progress.get();
        if (known.differing() > 0) {
            return claim.failed(known.differing() + " of " + known.rows() + " rows compared differ"
                    + differingKeys.shown(pair, keys),
                    Optional.of(known.started()));
        }
        if (rounds instanceof Again again && proven.isPresent()) {
            return proven(again.from(), proven.get(), known);
        }
        if (!known.complete()) {
            return claim.waiting(known.percent() + " % compared, " + known.rows() + " rows, 0 differ");
        }
        return claim.passed(Words.count(known.rows(), "row") + " compared, 0 differ; "
                + Words.count(rechecked, "changed row") + " compared again from the stream",
                Optional.of(known.started()));
    }

    private Finding proven(Optional<Instant> from, Proven last, CompareProgress running) {
        String measure = Words.count(last.compare().rows(), "row") + " compared, 0 differ, in a compare that began "
                + (last.begun().equals(Instant.MIN) ? "before a restart" : "at " + Words.of(last.begun()));
        if (from.filter(last.begun()::isBefore).isPresent()) {
            return claim.waiting(measure + "; rows that changed since then are met by the next one, "
                    + running.percent() + " % compared");
        }
        return claim.passed(measure + (from.isPresent()
                ? ", after all other evidence had passed"
                : "; compared once more when all other evidence has passed"), Optional.of(last.compare().started()));
    }
}
