package io.lockkeeper.executor.doctor;

import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.target.Session;

/** What an earlier run, or somebody else, has left behind. */
final class Leftovers {

    private Leftovers() {}

    static List<Finding> find(Session session) {
        List<Finding> found = new ArrayList<>();
        session.query("""
                SELECT format('%I.%I', n.nspname, c.relname) AS name
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE NOT i.indisvalid AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                """).forEach(row -> found.add(Finding.warn("invalid-index", "index " + row.getString("name")
                + " is invalid: if no run is building it, DROP INDEX CONCURRENTLY it",
                "every write pays for it, and if unique it still rejects")));
        session.query("""
                SELECT i.inhrelid::regclass::text AS partition, i.inhparent::regclass::text AS parent
                FROM pg_inherits i WHERE i.inhdetachpending
                """).forEach(row -> found.add(Finding.warn("pending-detach", "partition " + row.getString("partition")
                + " is half detached: if no run is at it, ALTER TABLE " + row.getString("parent") + " DETACH PARTITION "
                + row.getString("partition") + " FINALIZE", "no other partition of the table can be detached")));
        boolean open = session.query("SELECT to_regclass('lockkeeper.run') IS NOT NULL AS present").get(0)
                .getBoolean("present")
                && !session.query("""
                        SELECT FROM lockkeeper.run WHERE state NOT IN ('COMPLETED', 'ABORTED', 'REVERTED')
                        """).isEmpty();
        if (!open) {
            session.query("""
                    SELECT 'replication slot ' || slot_name AS name, 'SELECT pg_drop_replication_slot(…)' AS cure
                    FROM pg_replication_slots
                    WHERE slot_name ~ '^lockkeeper_[0-9a-f]{16}$' AND database = current_database()
                    UNION ALL
                    SELECT 'publication ' || pubname, 'DROP PUBLICATION' FROM pg_publication
                    WHERE pubname ~ '^lockkeeper_[0-9a-f]{16}$'
                    UNION ALL
                    SELECT 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass, 'DROP TRIGGER' FROM pg_trigger t
                    WHERE t.tgname ~ '^zzzz_lockkeeper_' AND NOT t.tgisinternal
                    UNION ALL
                    SELECT 'function ' || p.oid::regprocedure, 'DROP FUNCTION' FROM pg_proc p
                    WHERE p.pronamespace = to_regnamespace('lockkeeper_sync')
                    """).forEach(row -> found.add(Finding.warn("leftover", row.getString("name")
                    + " is there though no run is open: " + row.getString("cure") + " once you have made sure",
                    "a slot retains WAL, a trigger slows writes")));
        }
        return found.isEmpty() ? List.of(Finding.ok("leftovers", "nothing is left behind")) : found;
    }
}
