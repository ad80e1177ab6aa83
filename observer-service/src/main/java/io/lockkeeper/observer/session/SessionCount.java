package io.lockkeeper.observer.session;

import io.lockkeeper.messages.SessionSelector;

/** Port: sessions of one application version in {@code pg_stat_activity}. Used by one thread. */
public interface SessionCount {

    sealed interface Seen {}

    record Sessions(int count) implements Seen {}

    /** @param why what is missing to tell */
    record Unseen(String why) implements Seen {}

    Seen count(SessionSelector selector);
}
