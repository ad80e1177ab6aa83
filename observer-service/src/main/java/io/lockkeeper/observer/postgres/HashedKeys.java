package io.lockkeeper.observer.postgres;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.core.type.TypeReference;

import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.observer.gate.Keys;

/** Values of sensitive columns leave hashed: who may read the row computes the same, nobody reads the value. */
public final class HashedKeys implements Keys {

    private static final int SHOWN = 16;

    private final List<String> sensitive;

    /** @param sensitive {@code schema.table.column} */
    public HashedKeys(List<String> sensitive) {
        this.sensitive = List.copyOf(sensitive);
    }

    @Override
    public String shown(Optional<RelationName> relation, String key) {
        if (sensitive.isEmpty()) {
            return key;
        }
        Map<String, Object> shown = new TreeMap<>(Json.read(key, new TypeReference<Map<String, Object>>() {
        }));
        shown.replaceAll((column, value) -> hidden(relation, column)
                ? "sha256:" + Hash.sha256(String.valueOf(value)).substring(0, SHOWN)
                : value);
        return Json.write(shown);
    }

    /** A query may take a column from anywhere: there its name alone counts. */
    private boolean hidden(Optional<RelationName> relation, String column) {
        return sensitive.stream().anyMatch(name -> relation.map(of -> name.equals(of + "." + column))
                .orElse(name.endsWith("." + column)));
    }
}
