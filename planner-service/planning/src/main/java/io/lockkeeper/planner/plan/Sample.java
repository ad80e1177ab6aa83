package io.lockkeeper.planner.plan;

import java.util.List;

import io.lockkeeper.messages.RelationName;

/**
 * Rows of a target, for as long as a rehearsal lasts: they are in no message, no log and no error.
 *
 * @param tables whatever a foreign key of a row refers to is among them
 * @param left   tables without rows here, with the reason
 */
public record Sample(List<Rows> tables, List<String> left) {

    public static final Sample NONE = new Sample(List.of(), List.of());

    /**
     * @param columns those that can be written
     * @param rows    each as PostgreSQL prints a row of the table
     */
    public record Rows(RelationName table, List<String> columns, List<String> rows) {

        public Rows {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
        }

        @Override
        public String toString() {
            return rows.size() + " rows of " + table;
        }
    }

    public Sample {
        tables = List.copyOf(tables);
        left = List.copyOf(left);
    }
}
