package io.lockkeeper.executor.backfill;

import io.lockkeeper.target.SqlFailure;

/** How a pass over the table ended, or one worker's share of it. */
sealed interface PassEnd {

    /** Of several workers' ends the highest counts. */
    int rank();

    record Done() implements PassEnd {

        @Override
        public int rank() {
            return 0;
        }
    }

    /** The run is paused or aborted, or another worker has ended first. */
    record Held() implements PassEnd {

        @Override
        public int rank() {
            return 1;
        }
    }

    /** A relation has another file than its ranges were made for. */
    record Restart() implements PassEnd {

        @Override
        public int rank() {
            return 2;
        }
    }

    /** @param where it was, for the message */
    record Failed(SqlFailure failure, String where) implements PassEnd {

        @Override
        public int rank() {
            return 3;
        }
    }
}
