package io.lockkeeper.messages;

/** Checks that the records of this package share. */
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
}
