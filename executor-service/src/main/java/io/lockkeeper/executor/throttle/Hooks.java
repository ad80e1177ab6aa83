package io.lockkeeper.executor.throttle;

import java.util.Map;
import java.util.Set;

/** What only others know: the disk's headroom, a service level. By name, in one measure: from 1 on it slows, from 2 on it pauses. */
public interface Hooks {

    Hooks NONE = new Hooks() {

        @Override
        public Set<String> names() {
            return Set.of();
        }

        @Override
        public Map<String, Double> read() {
            return Map.of();
        }

        @Override
        public Map<String, Double> ask() {
            return Map.of();
        }
    };

    Set<String> names();

    /** The latest values of those that answer. Does not wait for them. */
    Map<String, Double> read();

    /** Asks all and waits for their answers, some seconds at most. */
    Map<String, Double> ask();
}
