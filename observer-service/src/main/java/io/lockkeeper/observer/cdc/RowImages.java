package io.lockkeeper.observer.cdc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

import io.lockkeeper.observer.invariant.RuleLanguage.Absent;
import io.lockkeeper.observer.invariant.RuleLanguage.Image;
import io.lockkeeper.observer.invariant.RuleLanguage.RowChange;
import io.lockkeeper.observer.invariant.RuleLanguage.Seen;
import io.lockkeeper.observer.invariant.RuleLanguage.Unseen;

/** A change as row rules see it. Of values that the engine does not bring as they are, nothing is said. */
final class RowImages {

    private RowImages() {}

    /** @param fullBefore the WAL holds the whole row as it was; else the engine's {@code before} is a key and nulls */
    static RowChange of(ChangeRecord.Change change, boolean fullBefore) {
        Image before = fullBefore
                ? change.before().<Image>map(RowImages::seen).orElseGet(Unseen::new)
                : new Unseen();
        Image after = change.after().<Image>map(RowImages::seen).orElseGet(Unseen::new);
        return switch (change.operation()) {
            case INSERT -> new RowChange("insert", new Absent(), after);
            case UPDATE -> new RowChange("update", before, after);
            case DELETE -> new RowChange("delete", before, new Absent());
        };
    }

    private static Seen seen(Struct row) {
        Map<String, Object> values = new HashMap<>();
        Set<String> unseen = new HashSet<>();
        for (Field field : row.schema().fields()) {
            Object value = row.get(field);
            Optional<Object> plain = plain(value);
            if (value == null) {
                values.put(field.name(), null);
            } else if (plain.isPresent()) {
                values.put(field.name(), plain.get());
            } else {
                unseen.add(field.name());
            }
        }
        return new Seen(values, unseen);
    }

    private static Optional<Object> plain(Object value) {
        if (value instanceof Double || value instanceof Float) {
            return Optional.of(((Number) value).doubleValue());
        }
        if (value instanceof Number number) {
            return Optional.of(number.longValue());
        }
        if (value instanceof Boolean) {
            return Optional.of(value);
        }
        if (value instanceof String text) {
            return text.equals(ChangeRecord.UNAVAILABLE) ? Optional.empty() : Optional.of(text);
        }
        if (value instanceof List<?> list) {
            List<Object> plain = new ArrayList<>();
            for (Object element : list) {
                Optional<Object> one = element == null ? Optional.empty() : plain(element);
                if (one.isEmpty()) {
                    return Optional.empty();
                }
                plain.add(one.get());
            }
            return Optional.of(plain);
        }
        return Optional.empty();
    }
}
