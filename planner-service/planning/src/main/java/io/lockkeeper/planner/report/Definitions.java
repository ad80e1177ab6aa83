package io.lockkeeper.planner.report;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;

/**
 * Indexes and constraints that statements made as written have no definition of the server's yet: one from their columns
 * stands in, so that a later statement's rewrite can be shown. What they say beyond their columns is not known here.
 */
final class Definitions {

    private Definitions() {}

    static Catalog complete(Catalog catalog) {
        Catalog completed = catalog;
        for (Relation relation : catalog.relations().values()) {
            if (relation.indexes().stream().anyMatch(index -> index.definition().isEmpty())
                    || relation.constraints().stream().anyMatch(constraint -> constraint.definition().isEmpty())) {
                completed = completed.with(relation
                        .withIndexes(relation.indexes().stream().map(index -> index(relation.name(), index)).toList())
                        .withConstraints(relation.constraints().stream().map(Definitions::constraint).toList()));
            }
        }
        return completed;
    }

    private static Index index(RelationName table, Index i) {
        if (!i.definition().isEmpty()) {
            return i;
        }
        List<String> keys = i.keys().stream().noneMatch(String::isEmpty) ? i.keys() : i.mentions();
        String definition = "CREATE " + (i.unique() ? "UNIQUE " : "") + "INDEX " + quote(i.name()) + " ON "
                + table.quoted() + " USING btree " + columns(keys);
        return new Index(i.name(), definition, i.keys(), i.mentions(), i.unique(), i.valid(), i.constraint(),
                i.replicaIdentity(), i.clustered(), i.computed(), i.tablespace(), i.comment(), i.since());
    }

    private static Constraint constraint(Constraint c) {
        if (!c.definition().isEmpty()) {
            return c;
        }
        String definition = switch (c.type()) {
            case PRIMARY_KEY -> "PRIMARY KEY " + columns(c.columns());
            case UNIQUE -> "UNIQUE " + columns(c.columns());
            case FOREIGN_KEY -> "FOREIGN KEY " + columns(c.columns()) + " REFERENCES "
                    + c.references().map(RelationName::quoted).orElse("") + " " + columns(c.referencedColumns());
            case CHECK, EXCLUDE, TRIGGER -> "CHECK (true)";
        };
        return new Constraint(c.name(), c.type(), c.columns(), definition, c.validated(), c.index(), c.references(),
                c.referencedColumns(), c.since(), c.comment());
    }

    private static String columns(List<String> names) {
        return names.stream().map(Identifier::quote).collect(Collectors.joining(", ", "(", ")"));
    }
}
