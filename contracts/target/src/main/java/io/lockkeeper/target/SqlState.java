package io.lockkeeper.target;

/** What a SQLSTATE means for us: the one place that maps them. */
public enum SqlState {
    LOCK_NOT_AVAILABLE,
    DEADLOCK,
    SERIALIZATION,
    CONCURRENT_CATALOG_UPDATE,
    CANCELLED,
    CONNECTION_LOST,
    SERVER_BUSY,
    INSUFFICIENT_PRIVILEGE,
    UNDEFINED_OBJECT,
    FENCED,
    FILE_CHANGED,
    OTHER;

    public static SqlState of(String code, String message) {
        if (code == null) {
            return OTHER;
        }
        return switch (code) {
            case "55P03" -> LOCK_NOT_AVAILABLE;
            case "40P01" -> DEADLOCK;
            case "40001" -> SERIALIZATION;
            case "57014" -> CANCELLED;
            // The time limits on transactions and idle sessions end the session, not the statement.
            case "57P01", "57P02", "57P03", "57P05", "25P03", "25P04" -> CONNECTION_LOST;
            case "53300", "53400" -> SERVER_BUSY;
            case "42501" -> INSUFFICIENT_PRIVILEGE;
            case "42P01", "42703", "42704", "42883", "3F000" -> UNDEFINED_OBJECT;
            // The ledger's own functions raise these.
            case "LK001" -> FENCED;
            case "LK002" -> FILE_CHANGED;
            // Two replacements of one routine at once: elog(ERROR) in PostgreSQL, so an internal error by code.
            case "XX000" ->
                message != null && message.contains("tuple concurrently updated") ? CONCURRENT_CATALOG_UPDATE : OTHER;
            default -> code.startsWith("08") ? CONNECTION_LOST : OTHER;
        };
    }

    /** May the same transaction simply be tried again on the same connection? */
    public boolean retryable() {
        return this == LOCK_NOT_AVAILABLE || this == DEADLOCK || this == SERIALIZATION
                || this == CONCURRENT_CATALOG_UPDATE;
    }
}
