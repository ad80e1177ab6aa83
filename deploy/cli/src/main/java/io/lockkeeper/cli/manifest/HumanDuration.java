package io.lockkeeper.cli.manifest;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 5s}, {@code 1h30m}, {@code 2d}; also ISO-8601. */
public final class HumanDuration {

    private static final Pattern PART = Pattern.compile("(\\d+)(ms|s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of("ms", Duration.ofMillis(1), "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    private HumanDuration() {}

    /** @throws IllegalArgumentException with the forms that are understood */
    public static Duration parse(String text) {
        String compact = text.replaceAll("\\s+", "").toLowerCase(Locale.ROOT);
        if (compact.startsWith("p")) {
            try {
                return Duration.parse(compact);
            } catch (DateTimeParseException e) {
                throw notUnderstood(text, e);
            }
        }
        Matcher part = PART.matcher(compact);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            sum = sum.plus(UNITS.get(part.group(2)).multipliedBy(number(text, part.group(1))));
            end = part.end();
        }
        if (end == 0 || end != compact.length()) {
            throw notUnderstood(text, null);
        }
        return sum;
    }

    /** {@code 1m 5s}, {@code 12.3s}, {@code 87ms}: short, for people. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1_000) {
            return millis + "ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1fs", millis / 1_000.0);
        }
        long seconds = duration.toSeconds();
        return seconds < 3_600
                ? seconds / 60 + "m " + seconds % 60 + "s"
                : seconds / 3_600 + "h " + seconds % 3_600 / 60 + "m";
    }

    private static long number(String text, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw notUnderstood(text, e);
        }
    }

    private static IllegalArgumentException notUnderstood(String text, Exception cause) {
        return new IllegalArgumentException(
                "\"" + text + "\" is no duration: write 500ms, 5s, 10m, 1h30m or 2d", cause);
    }
}
