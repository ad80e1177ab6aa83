package io.lockkeeper.observer.parity;

import java.util.Optional;

/** Port: keeps a compare over a restart. Used by one thread. */
public interface CompareStore {

    /** @param compare names run, pair and gate attempt */
    void save(String compare, CompareProgress progress);

    Optional<CompareProgress> load(String compare);

    void delete(String compare);
}
