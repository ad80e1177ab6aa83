package io.lockkeeper.planner.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.plan.Sample;
import io.lockkeeper.planner.plan.SchemaObject;
import io.lockkeeper.planner.rehearsal.ScratchDatabase;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/** A database of a scratch server, worked on over one connection. */
final class PostgresScratch implements ScratchDatabase {

    /** "cannot run inside a transaction block", and a procedure or a DO block that commits inside of one. */
    private static final List<String> NOT_IN_A_TRANSACTION = List.of("25001", "2D000");

    /**
     * @param table    of an index
     * @param file     absent where there is no storage
     * @param lockable by LOCK TABLE, which takes a view only together with what it reads, and a materialized view never
     */
    private record Place(RelationName name, Optional<Long> table, Optional<Long> file, boolean lockable) {}

    private final String name;
    private final Supplier<Session> sessions;
    private final Runnable drop;
    private Optional<Session> open = Optional.empty();
    private boolean holdsRows;
    /** What was there when the database was loaded, or made as a copy. */
    private Optional<Map<Long, Place>> original = Optional.empty();

    /** @param holdsRows is it a copy of a database with rows? */
    PostgresScratch(String name, boolean holdsRows, Supplier<Session> sessions, Runnable drop) {
        this.holdsRows = holdsRows;
        this.name = name;
        this.sessions = sessions;
        this.drop = drop;
    }

    String name() {
        return name;
    }

    boolean holdsRows() {
        return holdsRows;
    }

    /**
     * Rows come before whatever is built over them, which so is held against them as it was at home: a constraint that is
     * not valid there does not reject them here, and no trigger fires.
     */
    @Override
    public Loaded load(List<SchemaObject> schema, Sample sample) {
        Session session = session();
        session.execute(LedgerSchema.DDL);
        session.execute("SET check_function_bodies = off");
        List<String> reasons = new ArrayList<>();
        List<SchemaObject> pending = make(session, schema.stream().filter(object -> !object.over()).toList(), reasons);
        List<String> missing = new ArrayList<>(sample.left());
        long rows = 0;
        for (Sample.Rows some : sample.tables()) {
            try {
                fill(session, some);
                rows += some.rows().size();
                holdsRows = true;
            } catch (SqlFailure e) {
                missing.add("rows of " + some.table() + ": " + withoutValues(e));
            }
        }
        make(session, Stream.concat(pending.stream(), schema.stream().filter(SchemaObject::over)).toList(), reasons);
        session.execute("RESET check_function_bodies");
        original = Optional.of(places(session));
        missing.addAll(reasons);
        return new Loaded(missing, rows);
    }

    private static void fill(Session session, Sample.Rows some) {
        String columns = some.columns().stream().map(Identifier::quote).collect(Collectors.joining(", "));
        session.query("INSERT INTO " + some.table().quoted() + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT "
                + columns + " FROM unnest($1::text[]) AS printed (line), LATERAL (SELECT (printed.line::"
                + some.table().quoted() + ").*) AS row", (Object) some.rows().toArray(String[]::new));
        // What is inserted from now on gets new numbers.
        for (Row owned : session.query("""
                SELECT a.attname::text AS column, pg_get_serial_sequence($1, a.attname) AS sequence FROM pg_attribute a
                WHERE a.attrelid = to_regclass($1) AND pg_get_serial_sequence($1, a.attname) IS NOT NULL
                """, some.table().quoted())) {
            String column = Identifier.quote(owned.getString("column"));
            session.query("SELECT setval($1::text::regclass, max(" + column + ")) FROM " + some.table().quoted()
                    + " HAVING max(" + column + ") > 0", owned.getString("sequence"));
        }
    }

    /**
     * Tries again what failed for want of something that comes later, as long as that helps.
     *
     * @param reasons of what is left, which it gives back
     */
    private List<SchemaObject> make(Session session, List<SchemaObject> schema, List<String> reasons) {
        List<SchemaObject> pending = new ArrayList<>(schema);
        for (int before = -1; pending.size() != before;) {
            before = pending.size();
            reasons.clear();
            List<SchemaObject> again = new ArrayList<>();
            for (SchemaObject object : pending) {
                make(session, object).ifPresent(reason -> {
                    again.add(object);
                    reasons.add(object.name() + ": " + reason);
                });
            }
            pending = again;
        }
        return pending;
    }

    private Optional<String> make(Session session, SchemaObject object) {
        if (object.sql().isEmpty()) {
            return Optional.of("objects of this kind are not copied");
        }
        try {
            session.execute(object.sql().get());
            return Optional.empty();
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST) {
                throw e;
            }
            return Optional.of(withoutValues(e));
        }
    }

    @Override
    public Trace run(List<String> statements, String searchPath, List<RelationName> held) {
        Session session = session();
        session.query("SELECT set_config('search_path', $1, false)", searchPath);
        Map<Long, Place> before = places(session);
        Map<Long, LockMode> locks = new TreeMap<>();
        try {
            session.transaction(() -> {
                statements.forEach(session::execute);
                merge(locks, locksOf(session, session.backendPid()));
                return null;
            });
        } catch (SqlFailure e) {
            if (!NOT_IN_A_TRANSACTION.contains(e.sqlState())) {
                throw failed(e);
            }
            locks.clear();
            for (String sql : statements) {
                runBesideAWriter(session, sql, held, before, locks);
            }
        }
        return trace(before, places(session), locks);
    }

    /**
     * What runs outside of a transaction has let go of its locks when it ends. It waits for transactions that write to its
     * tables, though, while it holds them: so one does, until the locks have been read.
     */
    private void runBesideAWriter(Session session, String sql, List<RelationName> held, Map<Long, Place> places,
            Map<Long, LockMode> locks) {
        String tables = held.stream()
                .filter(relation -> places.values().stream()
                        .anyMatch(place -> place.lockable() && place.name().equals(relation)))
                .map(relation -> "ONLY " + relation.quoted()).collect(Collectors.joining(", "));
        try (Session writer = sessions.get(); Session reader = sessions.get()) {
            writer.execute(tables.isEmpty() ? "BEGIN" : "BEGIN; LOCK TABLE " + tables + " IN ROW EXCLUSIVE MODE");
            Future<RowSet<Row>> running = session.sendScript(sql);
            // Ends by itself: the statement waits, or is done, or runs into its statement_timeout.
            while (!running.isComplete() && !waits(reader, session.backendPid())) {
                Thread.onSpinWait();
            }
            merge(locks, locksOf(reader, session.backendPid()));
            writer.execute("ROLLBACK");
            session.await(running);
        } catch (SqlFailure e) {
            throw failed(e);
        }
    }

    private static boolean waits(Session reader, int pid) {
        return reader.query("SELECT wait_event_type = 'Lock' AS waits FROM pg_stat_activity WHERE pid = $1", pid)
                .stream().anyMatch(row -> Boolean.TRUE.equals(row.getBoolean("waits")));
    }

    private static Map<Long, LockMode> locksOf(Session session, int pid) {
        Map<Long, LockMode> locks = new TreeMap<>();
        for (Row row : session.query("""
                SELECT relation::bigint AS oid, mode FROM pg_locks
                WHERE pid = $1 AND locktype = 'relation'
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """, pid)) {
            merge(locks, Map.of(row.getLong("oid"), mode(row.getString("mode"))));
        }
        return locks;
    }

    private static void merge(Map<Long, LockMode> locks, Map<Long, LockMode> more) {
        more.forEach((oid, mode) -> locks.merge(oid, mode, (one, other) -> one.compareTo(other) >= 0 ? one : other));
    }

    private static LockMode mode(String catalogName) {
        for (LockMode mode : LockMode.values()) {
            if (mode.catalogName().equals(catalogName)) {
                return mode;
            }
        }
        throw new IllegalStateException("pg_locks knows a mode " + catalogName + " that is not known here");
    }

    private Trace trace(Map<Long, Place> before, Map<Long, Place> after, Map<Long, LockMode> locks) {
        List<Step.LockClaim> claims = new ArrayList<>();
        List<RelationName> rewrites = new ArrayList<>();
        before.forEach((oid, place) -> {
            if (original.orElseThrow().containsKey(oid)) {
                if (locks.containsKey(oid) && place.table().isEmpty()) {
                    claims.add(new Step.LockClaim(place.name(), locks.get(oid)));
                }
                // The indexes of a rewritten table go with it.
                if (rewritten(oid, before, after)
                        && place.table().filter(table -> rewritten(table, before, after)).isEmpty()) {
                    rewrites.add(place.name());
                }
            }
        });
        return new Trace(claims, rewrites);
    }

    private static boolean rewritten(long oid, Map<Long, Place> before, Map<Long, Place> after) {
        return after.containsKey(oid) && before.get(oid).file().isPresent()
                && !before.get(oid).file().equals(after.get(oid).file());
    }

    private static Map<Long, Place> places(Session session) {
        Map<Long, Place> places = new TreeMap<>();
        for (Row row : session.query("""
                SELECT c.oid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS name,
                  i.indrelid::bigint AS indexed, pg_relation_filenode(c.oid)::bigint AS file, c.relkind IN ('r', 'p') AS lockable
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_index i ON i.indexrelid = c.oid
                WHERE n.nspname !~ $1::text AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'i', 'I')
                """, CatalogReader.SYSTEM)) {
            places.put(row.getLong("oid"), new Place(RelationName.of(row.getString("schema"), row.getString("name")),
                    Optional.ofNullable(row.getLong("indexed")), Optional.ofNullable(row.getLong("file")),
                    row.getBoolean("lockable")));
        }
        return places;
    }

    @Override
    public Optional<StatementFailed> refuses(List<String> statements, String searchPath) {
        Session session = session();
        session.query("SELECT set_config('search_path', $1, false)", searchPath);
        session.execute("BEGIN");
        try {
            session.execute(String.join(";\n", statements));
            return Optional.empty();
        } catch (SqlFailure e) {
            return Optional.of(failed(e));
        } finally {
            session.execute("ROLLBACK");
        }
    }

    @Override
    public Catalog catalog() {
        session().execute("SET search_path = pg_catalog");
        return new CatalogReader(session()).read();
    }

    @Override
    public boolean returnsRows(String query) {
        try {
            return !session().query(query).isEmpty();
        } catch (SqlFailure e) {
            throw failed(e);
        }
    }

    @Override
    public List<String> facts() {
        session().execute("SET search_path = pg_catalog");
        return session().query(SqlResource.CATALOG_FACTS).stream().map(row -> row.getString("line")).toList();
    }

    @Override
    public String fingerprint(RelationName relation) {
        session().execute("SET search_path = pg_catalog");
        return session().query(LedgerSchema.FINGERPRINT, relation.schema(), relation.name()).get(0)
                .getString("fingerprint");
    }

    private Session session() {
        if (open.isEmpty()) {
            Session session = sessions.get();
            open = Optional.of(session);
            original = original.or(() -> Optional.of(places(session)));
        }
        return open.get();
    }

    private StatementFailed failed(SqlFailure e) {
        return new StatementFailed(withoutValues(e), e.sqlState(), e);
    }

    /** A value that does not convert, or that a RAISE prints, may be a row's. */
    private String withoutValues(SqlFailure e) {
        boolean quotes = holdsRows && (e.sqlState().startsWith("22") || e.sqlState().startsWith("P0"));
        return (quotes ? "a sampled row is not taken" : e.getMessage()) + " (SQLSTATE " + e.sqlState() + ")";
    }

    @Override
    public void disconnect() {
        open.ifPresent(Session::close);
        open = Optional.empty();
    }

    @Override
    public void close() {
        disconnect();
        drop.run();
    }
}
