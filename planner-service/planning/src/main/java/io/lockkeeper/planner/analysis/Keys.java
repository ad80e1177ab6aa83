package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;

/** What foreign keys make a statement lock on the other side. */
final class Keys {

    /** From 16 on the optimizer looks at the indexes of partitioned tables too. */
    private static final int PLANS_PARTITIONED_INDEXES = 160000;

    /** From 18 on the index behind the referenced key is opened when a foreign key is made. */
    private static final int OPENS_REFERENCED_INDEX = 180000;

    /** Before 15 the triggers of a foreign key to a partitioned table are on its partitions alone. */
    private static final int TRIGGERS_ON_PARTITIONED = 150000;

    private Keys() {}

    /** A foreign key goes with something else, and its triggers on the other side with it. */
    static void lockTriggers(RelationName referenced, Effects effects) {
        effects.after().tree(referenced).stream()
                .filter(part -> triggersOnPartitioned(effects)
                        || effects.relation(part).kind() != Kind.PARTITIONED_TABLE)
                .forEach(part -> effects.lock(part, LockMode.ACCESS_EXCLUSIVE));
    }

    static boolean triggersOnPartitioned(Effects effects) {
        return effects.before().serverVersion() >= TRIGGERS_ON_PARTITIONED;
    }

    static void lockReferenced(RelationName name, List<String> columns, LockMode mode, Effects effects) {
        effects.relation(name);
        for (RelationName part : effects.after().tree(name)) {
            Relation referenced = effects.relation(part);
            effects.lock(referenced, mode);
            if (effects.before().serverVersion() >= OPENS_REFERENCED_INDEX) {
                keyIndex(referenced, columns)
                        .ifPresent(index -> effects.lock(Effects.name(referenced, index), LockMode.ACCESS_SHARE));
            }
        }
    }

    /** A query that joins both sides: the optimizer opens every index of both. */
    static void validate(Relation child, RelationName referenced, Effects effects) {
        if (child.kind() != Kind.PARTITIONED_TABLE) {
            effects.scan(child);
            effects.lockIndexes(child, LockMode.ACCESS_SHARE);
        }
        effects.after().tree(referenced).forEach(part -> planned(effects.relation(part), LockMode.ACCESS_SHARE,
                effects));
    }

    static void planned(Relation table, LockMode mode, Effects effects) {
        if (table.kind() != Kind.PARTITIONED_TABLE
                || effects.before().serverVersion() >= PLANS_PARTITIONED_INDEXES) {
            effects.lockIndexes(table, mode);
        }
    }

    private static Optional<Index> keyIndex(Relation referenced, List<String> columns) {
        List<String> wanted = columns.isEmpty()
                ? referenced.primaryKey().map(Constraint::columns).orElse(List.of())
                : columns;
        return referenced.indexes().stream()
                .filter(index -> index.unique() && !index.computed()
                        && new HashSet<>(index.keys()).equals(new HashSet<>(wanted)))
                // The primary key first, as the server picks it.
                .min((one, other) -> Boolean.compare(!primary(referenced, one), !primary(referenced, other)));
    }

    private static boolean primary(Relation table, Index index) {
        return table.primaryKey().flatMap(Constraint::index).filter(index.name()::equals).isPresent();
    }

    /** Foreign keys of other tables that need this column, and those of this table that it is part of. */
    static List<Catalog.ForeignKey> touching(Relation table, String column, Catalog catalog) {
        List<Catalog.ForeignKey> found = new ArrayList<>();
        table.constraints().stream()
                .filter(key -> key.type() == Constraint.Type.FOREIGN_KEY && key.columns().contains(column))
                .forEach(key -> found.add(new Catalog.ForeignKey(table.name(), key)));
        catalog.foreignKeysTo(table.name())
                .filter(key -> key.constraint().referencedColumns().contains(column)).forEach(found::add);
        return found;
    }
}
