package io.lockkeeper.executor.backfill;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.target.Session;

/** The cursors of backfills and data steps in the ledger. */
public interface CursorLedger {

    /** In the order of their numbers; empty before the first pass. */
    List<BlockRange> ranges(Tenure tenure, Assignment work);

    /** Replaces all ranges of the step; {@code rows} of each is kept as given. */
    void replace(Tenure tenure, Assignment work, List<BlockRange> ranges);

    /** SQL, the first of a batch's transaction: fails with {@code FENCED} if the epoch is over. */
    String fence(Tenure tenure);

    /** Where a statement stands that runs by key ranges; empty before its first batch. */
    Optional<KeyCursor> keyCursor(Tenure tenure, Assignment work);

    void begin(Tenure tenure, Assignment work, KeyCursor cursor);

    /** Advances it in the transaction that {@code session} has open. */
    void advanceWithin(Session session, Assignment work, KeyCursor cursor);

    /**
     * SQL, the last of a batch's transaction: moves the cursor to {@code to} by the rows in the setting
     * {@value #MOVED}. Fails with {@code FILE_CHANGED} if the part has another file than the range.
     */
    String advance(Assignment work, BlockRange range, long to, RelationName part);

    /**
     * Names a row that cannot be set, in the transaction that {@code session} has open.
     *
     * @return rows of the step that are set aside by now
     */
    long setAsideWithin(Session session, Assignment work, RelationName part, String key, String sqlState);

    /** Transaction-local setting with the number of rows that the batch has changed. */
    String MOVED = "lockkeeper.moved";
}
