package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lockkeeper.messages.Action.CreatePublication.ColumnList;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;

/**
 * What leaves of a published table's rows: the key, by which the observer reads the row itself, and the columns that row
 * rules name. Under a column list PostgreSQL refuses the application's UPDATE and DELETE once the list does not cover the
 * replica identity, and DROP COLUMN and ALTER TYPE of a listed column; a column that comes later is not in it. So a table
 * has a list only where key and named columns stay as they are to the end of the plan; the others are published whole.
 */
final class PublishedColumns {

    private static final int COLUMN_LISTS = 150_000;
    private static final Pattern NAMED = Pattern.compile("\\b(?:before|after)\\s*\\.\\s*([A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern ROW = Pattern.compile("\\b(?:before|after)\\b");

    private final Catalog before;
    private final List<RowRule> rules;
    private final Set<RelationName> changed = new TreeSet<>();

    PublishedColumns(Catalog before, List<RowRule> rules) {
        this.before = before;
        this.rules = rules;
    }

    /** @param after the catalog as one more statement leaves it */
    void follow(Catalog after) {
        for (Relation old : before.relations().values()) {
            Optional<Relation> now = after.relation(old.name());
            if (now.isPresent() && !now.get().equals(old) && !settled(old, now.get())) {
                changed.add(old.name());
            }
        }
    }

    List<ColumnList> of(List<RelationName> published) {
        List<ColumnList> lists = new ArrayList<>();
        if (before.serverVersion() >= COLUMN_LISTS) {
            for (RelationName name : published) {
                Relation relation = before.relation(name).orElseThrow();
                columns(relation).filter(columns -> !changed.contains(name) && settled(relation, relation))
                        .ifPresent(columns -> lists.add(new ColumnList(name, columns)));
            }
        }
        return lists;
    }

    /** Empty where not every column that is needed can be told. */
    private Optional<List<String>> columns(Relation relation) {
        Set<String> columns = new LinkedHashSet<>(relation.key());
        for (RowRule rule : rules) {
            if (rule.relation().equals(relation.name())) {
                Matcher named = NAMED.matcher(rule.holds());
                named.results().forEach(one -> columns.add(one.group(1)));
                if (ROW.matcher(named.replaceAll("")).find()) {
                    return Optional.empty();
                }
            }
        }
        return columns.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(columns));
    }

    private boolean settled(Relation old, Relation now) {
        return now.kind() == Relation.Kind.TABLE && !old.inherits() && !now.inherits()
                && old.replicaIdentity() != Relation.ReplicaIdentity.FULL
                && old.replicaIdentity() == now.replicaIdentity() && old.key().equals(now.key())
                && columns(old).filter(columns -> columns.stream().allMatch(name -> settled(name, old, now)))
                        .isPresent();
    }

    private static boolean settled(String name, Relation old, Relation now) {
        Optional<Column> was = old.column(name).filter(column -> !generated(column));
        Optional<Column> is = now.column(name).filter(column -> !generated(column));
        return was.isPresent() && is.isPresent() && !now.takenNames().contains(name)
                && was.get().type().equals(is.get().type()) && was.get().collation().equals(is.get().collation());
    }

    /** Which of them a list may name differs by version. */
    private static boolean generated(Column column) {
        return column.generation() == Column.Generation.STORED || column.generation() == Column.Generation.VIRTUAL;
    }
}
