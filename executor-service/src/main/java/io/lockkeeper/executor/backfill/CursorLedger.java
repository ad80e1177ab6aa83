package io.lockkeeper.executor.backfill;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.target.Session;

/** The cursors of backfills and data steps in the ledger. */
public interface CursorLedger {

    /** In the order of their numbers; empty before the first pass. */
    List<BlockRange> ranges(Tenure tenure, Assignment work);

    /** Replaces all ranges of the step; {@code rows} of each is kept as given. */
    void replace(Tenure tenure, Assignment work, List<BlockRange> ranges);

    /** Advances one range in the transaction that {@code session} has open. */
    void advanceWithin(Session session, Assignment work, BlockRange range);

    /** Where a statement stands that runs by key ranges; empty before its first batch. */
    Optional<KeyCursor> keyCursor(Tenure tenure, Assignment work);

    void begin(Tenure tenure, Assignment work, KeyCursor cursor);

    /** Advances it in the transaction that {@code session} has open. */
    void advanceWithin(Session session, Assignment work, KeyCursor cursor);

    /** SQL, to be run by itself in the batch's transaction: one row with {@code state}, none if the epoch is over. */
    String fence(Tenure tenure, Assignment work);
}
