package io.lockkeeper.observer.parity;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps compares in memory. */
final class KeptCompares implements CompareStore {

    private final Map<String, Object> kept = new HashMap<>();

    @Override
    public void save(String compare, Object progress) {
        kept.put(compare, progress);
    }

    @Override
    public <T> Optional<T> load(String compare, Class<T> progress) {
        return Optional.ofNullable(kept.get(compare)).map(progress::cast);
    }

    @Override
    public void delete(String compare) {
        kept.remove(compare);
    }
}
