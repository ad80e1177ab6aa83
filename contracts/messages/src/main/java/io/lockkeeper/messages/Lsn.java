package io.lockkeeper.messages;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A position in the write-ahead log, in PostgreSQL's own text form on the wire ({@code 16/B374D848}). */
public record Lsn(long value) implements Comparable<Lsn> {

    /** What {@link #parse} takes, as {@code pg_lsn} does. */
    public static final String PATTERN = "[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}";

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Lsn parse(String text) {
        if (text == null || !text.matches(PATTERN)) {
            throw new IllegalArgumentException("not an LSN like 16/B374D848: " + text);
        }
        String[] parts = text.split("/");
        return new Lsn(Long.parseLong(parts[0], 16) << 32 | Long.parseLong(parts[1], 16));
    }

    @JsonValue
    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(Locale.ROOT) + "/"
                + Long.toHexString(value & 0xFFFFFFFFL).toUpperCase(Locale.ROOT);
    }

    public boolean atLeast(Lsn other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }
}
