package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.Set;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.ColumnType;

/**
 * The trigger function that keeps two columns of one row the same, and the SQL that tells whether they are. It has no
 * column list and no WHEN: while a backfill runs, an update of an unrelated column moves the row past the scan, and it
 * must leave synchronised. Whatever it does for the old version's sake, it never fails.
 */
record SyncFunction(RelationName table, String trigger, String function) {

    static final String SCHEMA = "lockkeeper_sync";

    /** Types whose equality is identity of the stored bytes, so that IS DISTINCT FROM misses no change. */
    private static final Set<String> EXACT = Set.of("bool", "int2", "int4", "int8", "oid", "uuid", "date", "time",
            "timestamp", "timestamptz", "text", "varchar", "bytea");

    static SyncFunction of(RelationName table, String column, String release) {
        String trigger = GeneratedName.trigger(release, table, column);
        return new SyncFunction(table, trigger, quote(SCHEMA) + "." + quote(trigger.replace("zzzz_lockkeeper_",
                "sync_")));
    }

    String createTrigger() {
        return "CREATE TRIGGER " + quote(trigger) + " BEFORE INSERT OR UPDATE ON " + table.quoted()
                + " FOR EACH ROW EXECUTE FUNCTION " + function + "()";
    }

    String dropTrigger() {
        return "DROP TRIGGER " + quote(trigger) + " ON " + table.quoted();
    }

    String dropFunction() {
        return "DROP FUNCTION " + function + "()";
    }

    /**
     * Both versions write: INSERT, a non-null new value wins; UPDATE, the side that changed wins, and where both changed
     * and disagree the statement is refused, because nobody can know which is meant.
     */
    String twoWay(Column oldColumn, String newName) {
        ColumnType type = oldColumn.type();
        String newValue = "NEW." + quote(newName);
        String oldValue = "NEW." + quote(oldColumn.name());
        String newChanged = differs(oldColumn, newValue, "OLD." + quote(newName));
        String oldChanged = differs(oldColumn, oldValue, "OLD." + quote(oldColumn.name()));
        String message = Identifier.literal("columns " + oldColumn.name() + " and " + newName + " of " + table
                + " hold the same value under two names: write one of them, or both alike").strip();
        return create("""
                BEGIN
                    IF TG_OP = 'INSERT' THEN
                        IF %1$s IS NULL THEN
                            %1$s := %2$s;
                        ELSE
                            %2$s := %1$s;
                        END IF;
                    ELSIF %3$s THEN
                        IF %4$s AND %5$s THEN
                            RAISE EXCEPTION USING MESSAGE = %6$s;
                        END IF;
                        %2$s := %1$s;
                    ELSE
                        %1$s := %2$s;
                    END IF;
                    RETURN NEW;
                END""".formatted(newValue, oldValue, newChanged, oldChanged, differs(type, newValue, oldValue,
                oldColumn.collation().isPresent()), message));
    }

    /** One side follows the other: {@code assignment} is one or more PL/pgSQL statements. */
    String oneWay(String assignment) {
        return create("BEGIN\n" + assignment.indent(4) + "    RETURN NEW;\nEND");
    }

    static String differs(Column column, String left, String right) {
        return differs(column.type(), left, right, column.collation().isPresent());
    }

    /** SQL that is true where two values of this type differ in any way, NULL being a value like others. */
    static String differs(ColumnType type, String left, String right, boolean collated) {
        boolean exact = type.base().schema().equals("pg_catalog") && EXACT.contains(type.base().name()) && !collated;
        // The image tells 1.0 from 1.00 and 'A' from 'a' under citext, and exists for types without equality.
        return exact
                ? left + " IS DISTINCT FROM " + right
                : "pg_catalog.record_image_ne(ROW(" + left + "), ROW(" + right + "))";
    }

    private String create(String body) {
        String tag = "$lockkeeper$";
        for (int number = 1; body.contains(tag); number++) {
            tag = "$lockkeeper" + number + "$";
        }
        return "CREATE OR REPLACE FUNCTION " + function + "() RETURNS trigger LANGUAGE plpgsql"
                + " SET search_path = pg_catalog, pg_temp AS " + tag + "\n" + body + "\n" + tag;
    }
}
