package io.lockkeeper.executor.doctor;

import java.util.Locale;
import java.util.function.Supplier;

import com.fasterxml.jackson.annotation.JsonValue;

import io.lockkeeper.target.SqlFailure;

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

    /** UNKNOWN where the server does not let us look. */
    public static Finding of(String check, Supplier<Finding> examination) {
        try {
            return examination.get();
        } catch (SqlFailure e) {
            if (!e.sqlState().startsWith("42")) {
                throw e;
            }
            return new Finding(check, Status.UNKNOWN, "cannot be looked at: " + e.getMessage(),
                    "what cannot be seen is not taken as well");
        }
    }

    public static Finding ok(String check, String message) {
        return new Finding(check, Status.OK, message, "");
    }

    public static Finding warn(String check, String message, String costs) {
        return new Finding(check, Status.WARN, message, costs);
    }

    public static Finding fail(String check, String message, String costs) {
        return new Finding(check, Status.FAIL, message, costs);
    }
}
