package io.lockkeeper.messages;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Checks that the records of this package share. Each names the field, so that a sender can mend it. */
final class Texts {

    private Texts() {}

    static String required(String value, String field) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(field + " is missing: state it");
        }
        return value;
    }

    static <T> T required(T value, String field) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing: state it");
        }
        return value;
    }

    /** An unmodifiable copy. Without the list it fails: an empty one would say that nothing is to be done or watched. */
    static <T> List<T> list(List<T> values, String field) {
        required(values, field);
        for (int i = 0; i < values.size(); i++) {
            required(values.get(i), field + "[" + i + "]");
        }
        return List.copyOf(values);
    }

    static <T> List<T> listNotEmpty(List<T> values, String field) {
        List<T> copy = list(values, field);
        if (copy.isEmpty()) {
            throw new IllegalArgumentException(field + " is empty: state at least one");
        }
        return copy;
    }

    /** As {@link #list}, for lists that may be left out. */
    static <T> List<T> listOrEmpty(List<T> values, String field) {
        return values == null ? List.of() : list(values, field);
    }

    static String orEmpty(String value) {
        return value == null ? "" : value;
    }

    static <T> Optional<T> optional(Optional<T> value) {
        return value == null ? Optional.empty() : value;
    }

    static void atLeast(long least, double value, String field) {
        // Written so that NaN is refused too.
        if (!(value >= least && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(field + " is " + value + ": it must be at least " + least);
        }
    }

    static Duration notNegative(Duration value, String field) {
        if (required(value, field).isNegative()) {
            throw new IllegalArgumentException(field + " is " + value + ": it must not be negative");
        }
        return value;
    }

    static Duration positive(Duration value, String field) {
        if (notNegative(value, field).isZero()) {
            throw new IllegalArgumentException(field + " is " + value + ": it must be longer than nothing");
        }
        return value;
    }
}
