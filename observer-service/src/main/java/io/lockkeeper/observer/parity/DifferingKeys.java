package io.lockkeeper.observer.parity;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.Watch.ParityPair;
import io.lockkeeper.observer.gate.Keys;

/** Keys of rows that differ: enough to look at, never all. */
final class DifferingKeys {

    private static final int REMEMBERED = 1000;
    private static final int SHOWN = 5;

    private final Set<String> keys = new LinkedHashSet<>();

    void add(Collection<String> more) {
        more.stream().limit(Math.max(0, REMEMBERED - keys.size())).forEach(keys::add);
    }

    void clear() {
        keys.clear();
    }

    List<String> all() {
        return List.copyOf(keys);
    }

    String shown(ParityPair pair, Keys written) {
        if (pair.key().isEmpty() || keys.isEmpty()) {
            return "; the table has no key to name them by";
        }
        return "; keys " + String.join(", ", pair.key()) + ": " + String.join(" ", keys.stream().limit(SHOWN)
                .map(key -> written.shown(Optional.of(pair.relation()), key)).toList());
    }
}
