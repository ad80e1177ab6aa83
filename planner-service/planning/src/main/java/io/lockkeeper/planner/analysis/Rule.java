package io.lockkeeper.planner.analysis;

import java.util.Locale;

import io.lockkeeper.messages.Severity;

/** The rules that findings name; each has a page in {@code docs/rules}. */
public enum Rule {
    ADD_CHECK(Severity.P1,
            "Add it NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own."),
    ADD_COLUMN_AUTO_INCREMENT(
            Severity.P1,
            "Add a nullable column, let a sequence's nextval be its default, fill old rows in batches."),
    ADD_COLUMN_CONSTRAINED_DOMAIN(
            Severity.P1,
            "Use the domain's base type and put the CHECK on the column."),
    ADD_COLUMN_GENERATED(
            Severity.P1,
            "Add a plain column that a trigger and a backfill fill."),
    ADD_COLUMN_REQUIRED(
            Severity.P1,
            "Give it a default, or add it nullable, fill it, and set NOT NULL later."),
    ADD_COLUMN_VOLATILE_DEFAULT(
            Severity.P1,
            "Add it without the default, set the default for new rows, fill the old ones in batches."),
    ADD_EXCLUSION(
            Severity.P1,
            "Build a new table with the constraint, write both, and move over."),
    ADD_FOREIGN_KEY(
            Severity.P1,
            "Add it NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own."),
    ADD_PRIMARY_KEY(
            Severity.P1,
            "Prove NOT NULL first, CREATE UNIQUE INDEX CONCURRENTLY, then ADD PRIMARY KEY USING INDEX."),
    ADD_UNIQUE(
            Severity.P1,
            "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX."),
    ATTACH_PARTITION(
            Severity.P1,
            "Give the table a validated CHECK equal to the bound, and the default partition one that excludes it."),
    CHANGE_COLUMN_TYPE(
            Severity.P1,
            "Add a column of the new type, keep both in step, fill it, and swap the names."),
    CHANGE_DATA(
            Severity.P2,
            "Change the rows in small batches, each in a transaction of its own."),
    CHANGE_GENERATED(
            Severity.P1,
            "Add a column with the new expression beside the old one, and move the readers."),
    CHANGE_OWNER(
            Severity.P2,
            "Let whoever operates the database change owners, under a lock timeout."),
    CHANGE_PUBLICATION(
            Severity.P2,
            "Tell those who read the publication first: rows between are lost to them."),
    CHANGE_ROW_SECURITY(
            Severity.P2,
            "Create permissive policies first, and try them with the application's role."),
    CHANGE_ROUTINE(
            Severity.P2,
            "The new body counts for every caller at once: keep signature and meaning, or make a second version."),
    CHANGE_SEQUENCE(
            Severity.P2,
            "Leave a sequence in use alone but for its upper end."),
    CHANGE_TRIGGER(
            Severity.P2,
            "Let both versions of the application do without the difference first."),
    CREATE_INDEX(
            Severity.P1,
            "CREATE INDEX CONCURRENTLY, outside a transaction."),
    CREATE_PARTITION(
            Severity.P2,
            "Create the table by itself with a CHECK equal to the bound, then ATTACH it."),
    DETACH_PARTITION(
            Severity.P2,
            "DETACH PARTITION … CONCURRENTLY, outside a transaction."),
    DROP_CASCADE(
            Severity.P1,
            "Drop what depends on it by statements of their own, then leave CASCADE out."),
    DROP_COLUMN(
            Severity.P1,
            "Let no version use it, rename it away reversibly, drop it after a while."),
    DROP_CONSTRAINT(
            Severity.P2,
            "Be sure that no code relies on it: rows that break it come at once."),
    DROP_FOREIGN_KEY(
            Severity.P2,
            "It locks both tables: lock the referenced one first, under a timeout."),
    DROP_INDEX(
            Severity.P2,
            "DROP INDEX CONCURRENTLY, after watching that nobody uses it."),
    DROP_NOT_NULL(
            Severity.P3,
            "Be sure that every reader bears NULL first."),
    DROP_OBJECT(
            Severity.P1,
            "Let no version use it, then drop it in a later release."),
    DROP_TABLE(
            Severity.P1,
            "Let no version use it, rename it away reversibly, drop it after a while."),
    ENUM_VALUE(
            Severity.P2,
            "Deploy readers that know it first; it cannot be taken back."),
    EXPLICIT_LOCK(
            Severity.P1,
            "Leave locks to the steps: each takes what it needs for as short as it can."),
    IDENTIFIER_TOO_LONG(
            Severity.P2,
            "Use a name of at most 63 bytes: the server cuts it and goes on."),
    JSON_COLUMN(
            Severity.P2,
            "Use jsonb: json has no equality, so DISTINCT and GROUP BY fail."),
    OPERATE_SERVER(
            Severity.P1,
            "Roles, extensions and settings belong to whoever operates the database."),
    NEWER_SYNTAX(
            Severity.P1,
            "Write it as the target's version has it, or upgrade the target first."),
    REBUILD_INDEX(
            Severity.P1,
            "REINDEX … CONCURRENTLY, outside a transaction."),
    REFRESH_VIEW(
            Severity.P2,
            "REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index."),
    RENAME(
            Severity.P1,
            "Make the new name beside the old one, move every user, take the old one away."),
    REPLACE_VIEW(
            Severity.P2,
            "Only add columns at the end, or make a new view beside it."),
    REPLICA_IDENTITY(
            Severity.P2,
            "USING INDEX on a unique index of NOT NULL columns; FULL multiplies WAL."),
    REWRITE_TABLE(
            Severity.P1,
            "Copy in the background and swap, or use a maintenance window."),
    SESSION_SETTING(
            Severity.P2,
            "Write schemas before names and leave settings to the steps."),
    SET_NOT_NULL(
            Severity.P1,
            "Add CHECK (… IS NOT NULL) NOT VALID, validate it, then SET NOT NULL finds the proof."),
    STRICT_TYPE(
            Severity.P3,
            "Prefer text with a CHECK, timestamptz, bigint and identity columns."),
    TRUNCATE(
            Severity.P1,
            "Delete in batches, or drop a partition."),
    UNKNOWN_RELATION(
            Severity.P3,
            "It is taken for a big table in use; name a target to be told more."),
    UNKNOWN_STATEMENT(
            Severity.P1,
            "Write its statements out as plain SQL, or have the release carry an exception."),
    VALIDATE_CONSTRAINT(
            Severity.P3,
            "Run it in a transaction of its own: a strong lock taken before it would be held.");

    private final Severity severity;
    private final String advice;

    Rule(Severity severity, String advice) {
        this.severity = severity;
        this.advice = advice;
    }

    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Severity severity() {
        return severity;
    }

    public String advice() {
        return advice;
    }

    Finding on(String message) {
        return new Finding(id(), severity, message, advice);
    }
}
