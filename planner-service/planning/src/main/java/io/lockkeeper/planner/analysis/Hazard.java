package io.lockkeeper.planner.analysis;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a statement may do to a database in use. */
public enum Hazard {
    /** Reads wait for as long as the statement works, not only for a catalog update. */
    BLOCKS_READS(true),
    /** Writes wait for as long as the statement works. */
    BLOCKS_WRITES(true),
    TABLE_REWRITE(true),
    /** Every row is looked at under a lock that others wait for. */
    FULL_SCAN(true),
    /** Two tables are locked at once against those who use them. */
    TWO_TABLE_LOCK(true),
    /** A version of the application that runs now may fail. */
    APP_BREAKING(true),
    DATA_LOSS(true),
    IRREVERSIBLE(true),
    /** Interrupted, it leaves an invalid index behind. */
    INDEX_INVALID_RISK(false),
    WAL_HEAVY(false),
    /** Change streams do not see it, or not which rows it touched. */
    CDC_BLIND(false),
    UNKNOWN(true);

    private final boolean unsafe;

    Hazard(boolean unsafe) {
        this.unsafe = unsafe;
    }

    /** Should the statement not run as written, even under a lock timeout? The others are costs to know. */
    public boolean unsafe() {
        return unsafe;
    }

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
