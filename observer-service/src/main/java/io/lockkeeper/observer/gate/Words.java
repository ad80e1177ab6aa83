package io.lockkeeper.observer.gate;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How evidence says counts and times. */
public final class Words {

    private Words() {}

    /** To the second, in UTC: {@code 2026-01-01T00:00:00Z}. */
    public static String of(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** {@code 500 ms}, {@code 5 s}, {@code 15 min}, {@code 24 h}: the largest unit that says it exactly. */
    public static String of(Duration duration) {
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + " ms";
        }
        long seconds = duration.toSeconds();
        if (seconds % 3600 == 0 && seconds > 0) {
            return seconds / 3600 + " h";
        }
        return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + " min" : seconds + " s";
    }

    /** {@code 1 row}, {@code 2 rows}. */
    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
