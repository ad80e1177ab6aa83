package io.lockkeeper.planner.catalog;

import java.util.AbstractMap;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.lockkeeper.messages.RelationName;

/** What bears the name of a relation, sorted by it. A value: a catalog that does not change it shares it with the next one. */
final class ByName<V> extends AbstractMap<RelationName, V> {

    /** Nobody changes it. */
    private final TreeMap<RelationName, V> entries;

    private ByName(TreeMap<RelationName, V> entries) {
        this.entries = entries;
    }

    static <V> ByName<V> of(Map<RelationName, V> map) {
        return map instanceof ByName<V> same ? same : new ByName<>(new TreeMap<>(map));
    }

    ByName<V> with(RelationName name, V value) {
        // The copy of a sorted map is linear.
        TreeMap<RelationName, V> changed = new TreeMap<>(entries);
        changed.put(name, value);
        return new ByName<>(changed);
    }

    ByName<V> without(RelationName name) {
        TreeMap<RelationName, V> changed = new TreeMap<>(entries);
        changed.remove(name);
        return new ByName<>(changed);
    }

    @Override
    public V get(Object name) {
        return entries.get(name);
    }

    @Override
    public boolean containsKey(Object name) {
        return entries.containsKey(name);
    }

    @Override
    public Collection<V> values() {
        return Collections.unmodifiableCollection(entries.values());
    }

    @Override
    public Set<Map.Entry<RelationName, V>> entrySet() {
        return Collections.unmodifiableMap(entries).entrySet();
    }
}
