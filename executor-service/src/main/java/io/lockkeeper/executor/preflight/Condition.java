package io.lockkeeper.executor.preflight;

import java.time.Duration;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.doctor.Finding;
import io.lockkeeper.executor.doctor.Finding.Status;
import io.lockkeeper.target.Session;

/** The database's own condition. No query here waits for a lock on a table. */
final class Condition {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration TOO_LONG = Duration.ofHours(1);
    private static final int FULL_PERCENT = 80;
    private static final long OLD = 500_000_000;
    private static final long TOO_OLD = 1_500_000_000;

    private final Session session;
    private final Duration longTransaction;

    Condition(Session session) {
        this(session, LONG);
    }

    /** @param longTransaction from this age on a transaction is named */
    Condition(Session session, Duration longTransaction) {
        this.session = session;
        this.longTransaction = longTransaction;
    }

    Finding primary() {
        return session.query("SELECT pg_is_in_recovery() AS standby").get(0).getBoolean("standby")
                ? Finding.fail("primary", "this server is a standby: let the target's url name the primary", "")
                : Finding.ok("primary", "this server takes writes");
    }

    Finding schemaVersion() {
        Row row = session.query("""
                SELECT count(*) AS files, (SELECT version FROM lockkeeper.migration
                  ORDER BY applied_at DESC, version DESC LIMIT 1) AS newest FROM lockkeeper.migration
                """).get(0);
        return Finding.ok("schema-version", row.getLong("files") == 0
                ? "no version has been applied yet"
                : "version " + row.getString("newest") + " is the last of " + row.getLong("files") + " applied");
    }

    /** From the catalog's own estimates: asking for real sizes takes locks. */
    Finding sizes(String[] relations, boolean dataMoves) {
        Row row = session.query("""
                WITH RECURSIVE tree AS (
                  SELECT to_regclass(name)::oid AS oid FROM unnest($1::text[]) AS name
                  UNION
                  SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid
                )
                SELECT pg_size_pretty(current_setting('block_size')::bigint * coalesce(sum(c.relpages), 0)::bigint)
                    AS tables,
                  pg_size_pretty(current_setting('block_size')::bigint * coalesce(sum((SELECT sum(x.relpages)
                    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid)), 0)::bigint)
                    AS indexes
                FROM tree JOIN pg_class c ON c.oid = tree.oid AND c.relkind IN ('r', 'p', 'm')
                """, (Object) relations).get(0);
        return Finding.ok("sizes", "the tables of this plan have about " + row.getString("tables") + ", their indexes "
                + row.getString("indexes")
                + (dataMoves ? "; data steps write up to as much again, and as much WAL" : ""));
    }

    Finding longTransactions() {
        Row hidden = session.query("""
                SELECT count(*) AS sessions FROM pg_stat_activity WHERE query = '<insufficient privilege>'
                """).get(0);
        Optional<Row> oldest = session.query("""
                SELECT who, extract(epoch FROM clock_timestamp() - since)::bigint AS seconds FROM (
                  SELECT format('pid %s (%s, %s, %s)', pid, application_name, usename, state) AS who,
                    xact_start AS since
                  FROM pg_stat_activity
                  WHERE datname = current_database() AND backend_type = 'client backend'
                    AND application_name NOT LIKE 'lockkeeper/%'
                  UNION ALL
                  SELECT format('prepared transaction %s (%s)', gid, owner), prepared FROM pg_prepared_xacts
                  WHERE database = current_database()) AS open
                WHERE since IS NOT NULL ORDER BY since LIMIT 1
                """).stream().findFirst();
        if (oldest.isPresent() && oldest.get().getLong("seconds") >= longTransaction.toSeconds()) {
            return longTransaction(oldest.get().getString("who"), Duration.ofSeconds(oldest.get().getLong("seconds")));
        }
        return hidden.getLong("sessions") > 0
                ? new Finding("long-transactions", Status.UNKNOWN, hidden.getLong("sessions")
                        + " sessions of others cannot be seen: GRANT pg_read_all_stats to the migrator", "")
                : Finding.ok("long-transactions",
                        "no transaction is older than " + longTransaction.toMinutes() + " minutes");
    }

    static Finding longTransaction(String who, Duration age) {
        String message = "the oldest transaction is " + age.toMinutes() + " minutes old: " + who
                + "; locks, index builds and clearing up wait for it";
        return age.compareTo(TOO_LONG) > 0
                ? Finding.fail("long-transactions", message + ": end it, then resume", "")
                : Finding.warn("long-transactions", message, "");
    }

    Finding waitingLocks(String[] relations) {
        Row row = session.query("""
                SELECT count(*) AS sessions, string_agg(DISTINCT l.relation::regclass::text, ', ') AS tables,
                  round(max(extract(epoch FROM clock_timestamp() - l.waitstart))) AS seconds
                FROM pg_locks l JOIN unnest($1::text[]) AS name ON l.relation = to_regclass(name)
                WHERE NOT l.granted AND l.waitstart < clock_timestamp() - interval '1 second'
                """, (Object) relations).get(0);
        return row.getLong("sessions") == 0
                ? Finding.ok("waiting-locks", "nobody waits for a lock on a table of this plan")
                : Finding.warn("waiting-locks", row.getLong("sessions") + " sessions wait for a lock on "
                        + row.getString("tables") + ", the longest for " + row.getBigDecimal("seconds") + " s", "");
    }

    /** Of others: our own are bounded by configuration and must not keep each other out. */
    Finding connections() {
        Row row = session.query("""
                SELECT current_setting('max_connections')::int AS most,
                  greatest(0, (SELECT sum(numbackends) FROM pg_stat_database)
                    - (SELECT count(*) FROM pg_stat_activity
                       WHERE application_name LIKE 'lockkeeper/%' AND datid IS NOT NULL))::int AS used
                """).get(0);
        return connections(row.getInteger("used"), row.getInteger("most"));
    }

    static Finding connections(int used, int most) {
        String message = used + " of " + most + " connections are used by others";
        return used * 100L > most * (long) FULL_PERCENT
                ? Finding.fail("connections", message + ", more than " + FULL_PERCENT
                        + " %: close idle ones or raise max_connections, then resume", "")
                : Finding.ok("connections", message);
    }

    Finding wraparound(boolean dataMoves) {
        Row row = session.query("""
                SELECT datname::text AS name, age(datfrozenxid)::bigint AS xids, mxid_age(datminmxid)::bigint AS multixacts
                FROM pg_database ORDER BY greatest(age(datfrozenxid), mxid_age(datminmxid)) DESC LIMIT 1
                """).get(0);
        return wraparound(row.getString("name"), Math.max(row.getLong("xids"), row.getLong("multixacts")), dataMoves);
    }

    static Finding wraparound(String database, long age, boolean dataMoves) {
        String message = "the oldest unfrozen transaction, in database " + database + ", is " + age / 1_000_000
                + " million transactions ago";
        if (age < OLD) {
            return Finding.ok("wraparound", message);
        }
        return age >= TOO_OLD && dataMoves
                ? Finding.fail("wraparound",
                        message + " and data steps use up more: let VACUUM (FREEZE) end, then resume",
                        "")
                : Finding.warn("wraparound", message + ": see why autovacuum does not freeze it", "");
    }
}
