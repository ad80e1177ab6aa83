package io.lockkeeper.planner.catalog;

import io.lockkeeper.messages.RelationName;

/**
 * A type that a column can have; arrays are told by their element.
 *
 * @param name     as {@code pg_type} stores it: {@code pg_catalog.int4}
 * @param sql      as {@code format_type} prints it: {@code integer}
 * @param category {@code pg_type.typcategory}: N numbers, S strings, D dates …
 */
public record Type(RelationName name, String sql, Kind kind, String category) {

    public enum Kind {
        BASE, COMPOSITE, DOMAIN, ENUM, RANGE, PSEUDO
    }
}
