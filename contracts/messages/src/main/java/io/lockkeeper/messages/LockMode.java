package io.lockkeeper.messages;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * PostgreSQL's table lock modes, weakest first.
 *
 * @see <a href="https://www.postgresql.org/docs/current/explicit-locking.html">Explicit Locking</a>
 */
public enum LockMode {
    ACCESS_SHARE,
    ROW_SHARE,
    ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    EXCLUSIVE,
    ACCESS_EXCLUSIVE;

    /** As {@code LOCK TABLE … IN … MODE} spells it. */
    @JsonValue
    public String sql() {
        return name().replace('_', ' ');
    }

    /** As {@code pg_locks.mode} spells it. */
    public String catalogName() {
        StringBuilder text = new StringBuilder();
        for (String word : name().split("_")) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.append("Lock").toString();
    }

    /** The conflict table of the manual: must a session wait for {@code this} while another holds {@code other}? */
    public boolean conflictsWith(LockMode other) {
        return switch (this) {
            case ACCESS_SHARE -> other == ACCESS_EXCLUSIVE;
            case ROW_SHARE -> other.ordinal() >= EXCLUSIVE.ordinal();
            case ROW_EXCLUSIVE -> other.ordinal() >= SHARE.ordinal();
            case SHARE_UPDATE_EXCLUSIVE -> other.ordinal() >= SHARE_UPDATE_EXCLUSIVE.ordinal();
            case SHARE -> other == ROW_EXCLUSIVE || other == SHARE_UPDATE_EXCLUSIVE
                    || other.ordinal() >= SHARE_ROW_EXCLUSIVE.ordinal();
            case SHARE_ROW_EXCLUSIVE -> other.ordinal() >= ROW_EXCLUSIVE.ordinal();
            case EXCLUSIVE -> other.ordinal() >= ROW_SHARE.ordinal();
            case ACCESS_EXCLUSIVE -> true;
        };
    }

    /** Would a session that asks for this mode make statements of the application wait behind it? */
    public boolean blocksApplication() {
        return conflictsWith(ROW_EXCLUSIVE) || conflictsWith(ROW_SHARE) || conflictsWith(ACCESS_SHARE);
    }
}
