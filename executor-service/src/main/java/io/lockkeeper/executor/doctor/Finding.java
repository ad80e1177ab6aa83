package io.lockkeeper.executor.doctor;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * One thing that was looked at.
 *
 * @param check   stable name
 * @param message what was found, and what to do about it
 * @param costs   what it costs, in evidence or in safety; empty where it is well
 */
public record Finding(String check, Status status, String message, String costs) {

    public enum Status {
        OK,
        WARN,
        FAIL,
        /** Could not be looked at: never counts as well. */
        UNKNOWN;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String check, String message) {
        return new Finding(check, Status.OK, message, "");
    }

    static Finding warn(String check, String message, String costs) {
        return new Finding(check, Status.WARN, message, costs);
    }

    static Finding fail(String check, String message, String costs) {
        return new Finding(check, Status.FAIL, message, costs);
    }
}
