package io.lockkeeper.target;

import java.util.Locale;

/** Who connects: each has its own credential, and no more rights than its work needs (see {@code deploy/sql}). */
public enum Role {
    /** Reads the catalog. */
    PLANNER,
    /** Changes the target, through the owner's role. */
    MIGRATOR,
    /** Reads watched tables, the ledger and statistics; writes its own schema. */
    OBSERVER,
    /** Reads the change stream. */
    CDC;

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
