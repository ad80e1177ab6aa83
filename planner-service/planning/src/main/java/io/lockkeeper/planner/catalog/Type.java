package io.lockkeeper.planner.catalog;

import java.util.List;
import java.util.stream.Stream;

import io.lockkeeper.messages.RelationName;

/**
 * A type that a column can have; arrays are told by their element.
 *
 * @param name     as {@code pg_type} stores it: {@code pg_catalog.int4}
 * @param sql      as {@code format_type} prints it: {@code integer}
 * @param category {@code pg_type.typcategory}: N numbers, S strings, D dates …
 * @param constrained a domain with a CHECK, NOT NULL or default, of its own or of a domain below
 * @param labels   of an enum, in no order
 */
public record Type(RelationName name, String sql, Kind kind, String category, boolean constrained,
        List<String> labels) {

    public enum Kind {
        BASE, COMPOSITE, DOMAIN, ENUM, RANGE, PSEUDO
    }

    public Type {
        labels = labels == null ? List.of() : List.copyOf(labels);
    }

    public Type(RelationName name, String sql, Kind kind, String category) {
        this(name, sql, kind, category, false, List.of());
    }

    public Type withLabel(String label) {
        return new Type(name, sql, kind, category, constrained,
                Stream.concat(labels.stream(), Stream.of(label)).toList());
    }
}
