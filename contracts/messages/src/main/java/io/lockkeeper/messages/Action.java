package io.lockkeeper.messages;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a step does. The executor has one class per kind; {@link WireNames} has the names that tell them apart on the
 * wire ({@code kind}).
 */
public sealed interface Action {

    /** Does the step commit in one transaction with its ledger row? If not, the executor probes the catalog. */
    boolean transactional();

    /**
     * Statements that run in order in one transaction, after the step's locks are held; none for a step that only waits.
     *
     * @param routines that they make, rename, change or drop: what each was before and after is kept in the ledger
     */
    record Ddl(List<String> statements,
            @JsonProperty(defaultValue = "[]") @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RoutineIdentity> routines)
            implements
                Action {

        public Ddl {
            statements = Texts.list(statements, "statements");
            routines = Texts.listOrEmpty(routines, "routines");
        }

        /** No routine is concerned. */
        public Ddl(List<String> statements) {
            this(statements, List.of());
        }

        @Override
        public boolean transactional() {
            return true;
        }
    }

    /**
     * CREATE OR REPLACE of one function or procedure: serialised, retried on {@code tuple concurrently updated}, the
     * definition before and after kept in the ledger.
     *
     * @param argumentTypes input types in order, each qualified as {@code format_type} prints it: with schema and name
     *                      the routine's identity
     */
    record ReplaceRoutine(RelationName routine, List<String> argumentTypes, String sql) implements Action {

        public ReplaceRoutine {
            Texts.required(routine, "routine");
            Texts.required(sql, "sql");
            argumentTypes = Texts.list(argumentTypes, "argumentTypes");
        }

        public RoutineIdentity identity() {
            return new RoutineIdentity(routine, argumentTypes);
        }

        @Override
        public boolean transactional() {
            return true;
        }
    }

    /**
     * CREATE INDEX CONCURRENTLY, probed for validity, cleaned up and built again when it was left invalid.
     *
     * @param index in the table's schema: an index cannot live elsewhere
     */
    record CreateIndex(RelationName table, RelationName index, String sql) implements Action {

        public CreateIndex {
            Texts.required(table, "table");
            Texts.required(index, "index");
            Texts.required(sql, "sql");
        }

        @Override
        public boolean transactional() {
            return false;
        }
    }

    /** DROP INDEX CONCURRENTLY. */
    record DropIndex(RelationName table, RelationName index) implements Action {

        public DropIndex {
            Texts.required(table, "table");
            Texts.required(index, "index");
        }

        @Override
        public boolean transactional() {
            return false;
        }
    }

    /** ALTER TABLE … VALIDATE CONSTRAINT: a scan under SHARE UPDATE EXCLUSIVE. */
    record ValidateConstraint(RelationName table, String constraint) implements Action {

        public ValidateConstraint {
            Texts.required(table, "table");
            Texts.required(constraint, "constraint");
        }

        @Override
        public boolean transactional() {
            return false;
        }
    }

    /**
     * DETACH PARTITION CONCURRENTLY, finished by FINALIZE when it was interrupted between its two transactions. The
     * partition holds a valid CHECK that says what its bound said, or PostgreSQL leaves one behind.
     */
    record DetachPartition(RelationName table, RelationName partition) implements Action {

        public DetachPartition {
            Texts.required(table, "table");
            Texts.required(partition, "partition");
        }

        @Override
        public boolean transactional() {
            return false;
        }
    }

    /**
     * REINDEX CONCURRENTLY; what a failed attempt left behind is dropped.
     *
     * @param index absent: every index of the table
     */
    record Reindex(RelationName table, Optional<RelationName> index) implements Action {

        public Reindex {
            Texts.required(table, "table");
            index = Texts.optional(index);
        }

        @Override
        public boolean transactional() {
            return false;
        }
    }

    /**
     * REFRESH MATERIALIZED VIEW: CONCURRENTLY where it can be read already; before the first time nobody can
     * read it.
     */
    record RefreshView(RelationName view) implements Action {

        public RefreshView {
            Texts.required(view, "view");
        }

        @Override
        public boolean transactional() {
            return false;
        }
    }

    /**
     * Sets columns of every row that still differs, in batches, each committed with its cursor; complete only after a
     * sweep that finds none.
     *
     * @param assignments column and expression over the row's other columns
     * @param differs     boolean SQL over the row, unqualified column names: true while the row still needs the update
     */
    record Backfill(RelationName table, List<Assignment> assignments, String differs) implements Action {

        /** @param expression SQL over the row; rendered by the planner, never by hand */
        public record Assignment(String column, String expression) {

            public Assignment {
                Texts.required(column, "column");
                Texts.required(expression, "expression");
            }
        }

        public Backfill {
            Texts.required(table, "table");
            Texts.required(differs, "differs");
            assignments = Texts.listNotEmpty(assignments, "assignments");
        }

        @Override
        public boolean transactional() {
            return false;
        }
    }

    /**
     * A statement of the team's that touches many rows, key range by key range: each batch commits with its cursor, so
     * that every row that was there at the beginning is taken exactly once, whatever interrupts it.
     *
     * @param table whose rows drive the batches: the table that is changed, or the one that an INSERT selects from
     * @param alias by which the statement calls it
     * @param key   columns that are unique together, NOT NULL and not changed by the statement
     * @param head  the statement up to a condition on the driving rows, {@code tail} what follows it
     */
    record ChangeRows(RelationName table, String alias, List<KeyColumn> key, String head, String tail)
            implements
                Action {

        /** @param type as {@code format_type} prints it */
        public record KeyColumn(String column, String type) {

            public KeyColumn {
                Texts.required(column, "key.column");
                Texts.required(type, "key.type");
            }
        }

        public ChangeRows {
            Texts.required(table, "table");
            Texts.required(alias, "alias");
            Texts.required(head, "head");
            Texts.required(tail, "tail");
            key = Texts.listNotEmpty(key, "key");
        }

        /** The statement for the rows that fulfil a condition; for all of them, {@code true}. */
        public String where(String condition) {
            return head + condition + tail;
        }

        @Override
        public boolean transactional() {
            return false;
        }
    }

    /** A validation of the team's that reads and raises: run in a read-only transaction, as often as it takes. */
    record Check(List<String> statements) implements Action {

        public Check {
            statements = Texts.listNotEmpty(statements, "statements");
        }

        @Override
        public boolean transactional() {
            return false;
        }
    }

    /**
     * Statements as the team wrote them, for a target that nobody uses yet: no lock budget, names by the search path of
     * the team. Transactional ones commit with their ledger row.
     */
    record AsWritten(List<String> statements, boolean transactional) implements Action {

        public AsWritten {
            statements = Texts.listNotEmpty(statements, "statements");
        }
    }

    /**
     * CREATE PUBLICATION for the watched tables; needs their owner.
     *
     * @param columns what leaves of a table's rows; a table without an entry is published whole
     */
    record CreatePublication(String publication, List<RelationName> tables,
            @JsonProperty(defaultValue = "[]") List<ColumnList> columns) implements Action {

        /** @param columns cover the replica identity, or the application's UPDATE and DELETE would fail */
        public record ColumnList(RelationName table, List<String> columns) {

            public ColumnList {
                Texts.required(table, "columnList.table");
                columns = Texts.listNotEmpty(columns, "columnList.columns");
            }
        }

        public CreatePublication {
            Texts.required(publication, "publication");
            tables = Texts.listNotEmpty(tables, "tables");
            columns = Texts.listOrEmpty(columns, "columns");
        }

        /** Without a list, every table whole. */
        public CreatePublication(String publication, List<RelationName> tables) {
            this(publication, tables, List.of());
        }

        /** What follows FOR TABLE: {@code "public"."orders" ("id"), "public"."goods"}. */
        public String tableList() {
            return tables.stream().map(table -> table.quoted() + columns.stream()
                    .filter(list -> list.table().equals(table)).findFirst()
                    .map(list -> list.columns().stream().map(Identifier::quote)
                            .collect(Collectors.joining(", ", " (", ")")))
                    .orElse("")).collect(Collectors.joining(", "));
        }

        @Override
        public boolean transactional() {
            return true;
        }
    }

    /**
     * The last step of every plan: drops the publication, once the slot that reads it is gone from
     * {@code pg_replication_slots}, and writes the migration history; the run is COMPLETED in the same transaction.
     */
    record Conclude(Optional<Watch.Stream> stream) implements Action {

        public Conclude {
            stream = Texts.optional(stream);
        }

        @Override
        public boolean transactional() {
            return true;
        }
    }
}
