package io.lockkeeper.observer.gate;

import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/** Port: how the key of a row is written where it leaves the target. Safe from any thread. */
public interface Keys {

    Keys AS_THEY_ARE = (relation, key) -> key;

    /**
     * @param relation empty where the key belongs to a query
     * @param key      a JSON object of the key's columns
     */
    String shown(Optional<RelationName> relation, String key);
}
