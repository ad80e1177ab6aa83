package io.lockkeeper.observer.parity;

import java.util.Optional;

/** Port: keeps a compare over a restart. Used by one thread. */
public interface CompareStore {

    /**
     * @param compare  names run, gate attempt and what is compared
     * @param progress a record
     */
    void save(String compare, Object progress);

    <T> Optional<T> load(String compare, Class<T> progress);

    void delete(String compare);
}
