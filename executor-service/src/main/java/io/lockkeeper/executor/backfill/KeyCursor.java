package io.lockkeeper.executor.backfill;

import java.util.List;
import java.util.Optional;

/**
 * How far a statement has come over the keys of its driving table: one row of the ledger.
 *
 * @param last    key of the last row that a committed batch has taken, as text; absent before the first batch
 * @param end     greatest key when the step began: rows that come after it are not its business
 * @param scanned rows of the driving table that were looked at
 * @param rows    that were inserted, updated or deleted
 */
public record KeyCursor(Optional<List<String>> last, List<String> end, long scanned, long rows) {

    public KeyCursor {
        last = last.map(List::copyOf);
        end = List.copyOf(end);
    }

    boolean finished() {
        return last.filter(end::equals).isPresent();
    }

    KeyCursor advanced(List<String> to, long moreScanned, long moreRows) {
        return new KeyCursor(Optional.of(to), end, scanned + moreScanned, rows + moreRows);
    }
}
