package io.lockkeeper.planner.catalog;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;

import io.lockkeeper.messages.Identifier;

/**
 * An index; it lives in its table's schema.
 *
 * @param definition    as {@code pg_get_indexdef} prints it
 * @param keys          its key columns in order; an empty text stands for an expression
 * @param mentions      every column that it needs, in keys, INCLUDE, expressions and predicate
 * @param constraint    the constraint that it backs
 * @param computed      it has expressions or a predicate
 * @param tablespace    it lives in a tablespace of its own
 * @param since         the stage from which on it is there; absent: it always was
 */
public record Index(String name, String definition, List<String> keys, List<String> mentions, boolean unique,
        boolean valid, Optional<String> constraint, boolean replicaIdentity, boolean clustered, boolean computed,
        boolean tablespace, Optional<String> comment, Optional<Stage> since) {

    public Index {
        keys = keys == null ? List.of() : List.copyOf(keys);
        mentions = mentions == null ? List.of() : List.copyOf(mentions);
        constraint = constraint == null ? Optional.empty() : constraint;
        comment = comment == null ? Optional.empty() : comment;
        since = since == null ? Optional.empty() : since;
    }

    public Index withName(String newName) {
        return new Index(newName, definition.replaceFirst(" INDEX (\\S+|\"[^\"]*\") ON ",
                Matcher.quoteReplacement(" INDEX " + Identifier.quote(newName) + " ON ")), keys, mentions, unique,
                valid,
                constraint, replicaIdentity, clustered, computed, tablespace, comment, since);
    }

    public Index withClustered(boolean marked) {
        return new Index(name, definition, keys, mentions, unique, valid, constraint, replicaIdentity, marked, computed,
                tablespace, comment, since);
    }

    public Index withReplicaIdentity(boolean identity) {
        return new Index(name, definition, keys, mentions, unique, valid, constraint, identity, clustered, computed,
                tablespace, comment, since);
    }
}
