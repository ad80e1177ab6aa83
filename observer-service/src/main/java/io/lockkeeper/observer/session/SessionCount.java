package io.lockkeeper.observer.session;

import java.util.Map;

import io.lockkeeper.messages.SessionSelector;

/** Port: sessions of one application version in {@code pg_stat_activity}. Used by one thread. */
public interface SessionCount {

    sealed interface Seen {}

    /** @param byName sessions by {@code application_name}, which tells a version from the next */
    record Sessions(Map<String, Integer> byName) implements Seen {

        public Sessions {
            byName = Map.copyOf(byName);
        }

        public int count() {
            return byName.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /** @param why what is missing to tell */
    record Unseen(String why) implements Seen {}

    Seen count(SessionSelector selector);
}
