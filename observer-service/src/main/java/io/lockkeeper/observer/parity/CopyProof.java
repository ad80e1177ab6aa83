package io.lockkeeper.observer.parity;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Keys;
import io.lockkeeper.observer.gate.Words;
import io.lockkeeper.observer.parity.CopyCompare.Compared;
import io.lockkeeper.observer.parity.CopyProgress.Differing;

/**
 * The proof that one table holds the rows of another, for one gate attempt. Ranges of a key are compared, each in one
 * snapshot of both sides: a row has one place in them, however it moves in its table. Where an application writes both
 * sides one after the other, a row may differ for a moment: it is in flight until it is met again. Then it agrees, or is
 * another row by now and in flight still, or it is the same and wrong. Compares follow each other, and the one that counts
 * has begun late enough. Used by one thread.
 */
final class CopyProof {

    private static final int REMEMBERED_KEYS = 1000;
    private static final int SHOWN_KEYS = 5;

    private final String id;
    private final Copy copy;
    private final CompareStore store;
    private final Keys keys;
    private final LongSupplier nanos;
    private final Duration settle;
    private final Finding.Claim claim;
    private final Pace pace = new Pace(1024, 65_536);

    private Optional<CopyProgress> progress;
    private Optional<CopyProgress> proven = Optional.empty();

    /** @param settle a row that still differs after this is not in flight */
    CopyProof(String id, Copy copy, CompareStore store, Keys keys, LongSupplier nanos, Duration settle) {
        this.id = id;
        this.copy = copy;
        this.store = store;
        this.keys = keys;
        this.nanos = nanos;
        this.settle = settle;
        this.progress = store.load(id, CopyProgress.class);
        this.claim = new Finding.Claim(EvidenceKind.PARITY, copy.name(), "source and target hold the same rows",
                copy.severity(), "0 rows differ", "compare by ranges of " + String.join(", ", copy.key()));
    }

    Copy copy() {
        return copy;
    }

    Finding.Claim claim() {
        return claim;
    }

    /** @param from only a compare that began at this moment or later counts; empty where none counts yet */
    Finding advance(CopyCompare compare, Duration budget, Instant now, Optional<Instant> from) {
        long deadline = nanos.getAsLong() + budget.toNanos();
        if (progress.filter(known -> !known.agrees()).isEmpty()) {
            // The position is read first: every range that is compared from now on has seen at least this.
            progress = Optional.of(CopyProgress.begin(compare.position(), now));
        }
        Optional<String> why = recheck(compare, now).or(() -> compareUntil(compare, deadline, now));
        CopyProgress known = progress.orElseThrow();
        store.save(id, known);
        if (why.isPresent()) {
            return claim.unproven().unknown(why.get());
        }
        if (known.agrees()) {
            proven = progress;
        }
        return finding(known, now, from);
    }

    /** Every row that differed is read again at each look. */
    private Optional<String> recheck(CopyCompare compare, Instant now) {
        CopyProgress known = progress.orElseThrow();
        if (known.differing().isEmpty()) {
            return Optional.empty();
        }
        CopyCompare.Result result = compare.recheck(copy, known.differing().keySet());
        if (result instanceof CopyCompare.Incomparable broken) {
            return Optional.of(broken.why());
        }
        Map<String, Differing> still = new HashMap<>();
        add(still, (Compared) result, known.differing(), now);
        progress = Optional.of(known.with(still));
        return Optional.empty();
    }

    private Optional<String> compareUntil(CopyCompare compare, long deadline, Instant now) {
        boolean more = false;
        while (!more && !progress.orElseThrow().complete() && nanos.getAsLong() < deadline
                && progress.get().differing().size() < REMEMBERED_KEYS) {
            long begun = nanos.getAsLong();
            CopyCompare.Result result;
            try {
                result = compare.compare(copy, progress.get().after(), pace.size());
            } catch (CompareTooSlow e) {
                if (!pace.less(pace.size())) {
                    return Optional.of("one range takes longer than " + Words.of(copy.timeout())
                            + ": index the key on both sides");
                }
                continue;
            }
            if (result instanceof CopyCompare.Incomparable broken) {
                return Optional.of(broken.why());
            }
            pace.took(nanos.getAsLong() - begun);
            Compared range = (Compared) result;
            Map<String, Differing> differing = new HashMap<>(progress.get().differing());
            add(differing, range, progress.get().differing(), now);
            // What was not told of this range is asked for once the rest of it has settled.
            more = range.more();
            progress = Optional.of((more ? progress.get() : progress.get().with(range)).with(differing));
        }
        return Optional.empty();
    }

    private static void add(Map<String, Differing> all, Compared found, Map<String, Differing> before, Instant now) {
        found.differing().forEach((key, rows) -> all.put(key, Optional.ofNullable(before.get(key))
                .filter(known -> known.rows().equals(rows)).orElseGet(() -> new Differing(rows, now))));
    }

    private Finding finding(CopyProgress known, Instant now, Optional<Instant> from) {
        String rows = known.source() + " rows of the source held against " + known.target() + " of the target"
                + (known.complete() ? "" : ", not at the end yet");
        long wrong = known.differing().values().stream().filter(each -> settled(each, now)).count();
        long inFlight = known.differing().size() - wrong;
        if (wrong > 0) {
            return claim.failed("differing: " + wrong + ", in flight: " + inFlight + "; " + rows + "; keys "
                    + shownKeys(known, now), Optional.of(known.started()));
        }
        if (proven.isEmpty()) {
            return claim.waiting("in flight: " + inFlight + "; " + rows);
        }
        CopyProgress last = proven.get();
        String measure = last.source() + " rows in the source, " + last.target()
                + " in the target, checksums agree, 0 rows differ, in a compare that began at "
                + Words.of(last.begun()) + "; in flight in the next one: " + inFlight;
        if (from.filter(last.begun()::isBefore).isPresent()) {
            return claim.waiting(measure + ", which has still to meet what changed since then");
        }
        return claim.passed(measure, Optional.of(last.started()));
    }

    private boolean settled(Differing rows, Instant now) {
        return !rows.since().plus(settle).isAfter(now);
    }

    private String shownKeys(CopyProgress known, Instant now) {
        return String.join(" ", known.differing().entrySet().stream().filter(each -> settled(each.getValue(), now))
                .map(Map.Entry::getKey).sorted().limit(SHOWN_KEYS)
                .map(key -> keys.shown(Optional.empty(), key)).toList());
    }
}
