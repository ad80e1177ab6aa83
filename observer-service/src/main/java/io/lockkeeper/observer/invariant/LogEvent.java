package io.lockkeeper.observer.invariant;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import io.lockkeeper.observer.caller.ServerLog;

/** What a gauge counts in the server's log: {@code deadlock}, {@code lock-wait}, {@code slow-plan}, or SQLSTATEs. */
record LogEvent(String text) {

    private static final Pattern SQLSTATE = Pattern.compile("[0-9A-Z]{2}([0-9A-Z]{3})?");
    private static final Map<String, String> STATES = Map.of("deadlock", "40P01");

    /** @return why it is none, and what to state */
    Optional<String> wrong() {
        return text.equals("lock-wait") || text.equals("slow-plan") || STATES.containsKey(text)
                || SQLSTATE.matcher(text).matches()
                        ? Optional.empty()
                        : Optional.of("\"" + text + "\" is no event of the log: state deadlock, lock-wait, slow-plan,"
                                + " a SQLSTATE or the two characters of its class");
    }

    boolean is(ServerLog.Entry entry) {
        return switch (text) {
            // The texts of log_lock_waits and auto_explain have no SQLSTATE of their own.
            case "lock-wait" -> entry.message().contains(" still waiting for ");
            case "slow-plan" -> entry.message().startsWith("duration: ") && entry.message().contains(" plan:");
            default -> entry.sqlState().startsWith(STATES.getOrDefault(text, text));
        };
    }

    /** Why the server does not write such events; empty where it does. */
    Optional<String> unwritten(Map<String, String> settings) {
        return switch (text) {
            case "lock-wait" -> {
                if (!"on".equals(settings.get("log_lock_waits"))) {
                    yield Optional.of("lock waits are not logged: set log_lock_waits = on");
                }
                String language = settings.getOrDefault("lc_messages", "");
                yield language.isEmpty() || language.startsWith("C") || language.startsWith("POSIX")
                        || language.startsWith("en")
                                ? Optional.empty()
                                : Optional.of("the log is in " + language + ": set lc_messages = C");
            }
            case "slow-plan" -> settings.getOrDefault("auto_explain.log_min_duration", "-1").startsWith("-1")
                    ? Optional.of("slow plans are not logged: load auto_explain and set auto_explain.log_min_duration")
                    : Optional.empty();
            default -> switch (settings.getOrDefault("log_min_messages", "")) {
                case "log", "fatal", "panic" -> Optional.of("errors are not logged: set log_min_messages = warning");
                default -> Optional.empty();
            };
        };
    }
}
