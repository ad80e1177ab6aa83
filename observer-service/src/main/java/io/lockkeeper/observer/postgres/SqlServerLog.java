package io.lockkeeper.observer.postgres;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.observer.caller.ServerLog;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/** The {@code jsonlog} of PostgreSQL 15 and later, read by SQL where the observer's role is granted that. */
public final class SqlServerLog implements ServerLog {

    /** Undefined column, table, routine, object, schema; no right. */
    private static final Set<String> WANTING = Set.of("42703", "42P01", "42883", "42704", "3F000", "42501");
    private static final long CHUNK = 1 << 20;
    /** A log that grows faster than this between two looks is given up for that time, and it is said. */
    private static final long LARGEST_BACKLOG = 64L << 20;

    private final TargetConnection connection;
    private final Set<String> states;

    private SqlServerLog(TargetConnection connection, Set<String> states) {
        this.connection = connection;
        this.states = states;
    }

    /** Everything in it. */
    public static SqlServerLog whole(TargetConnection connection) {
        return new SqlServerLog(connection, Set.of());
    }

    /** What failed for want of a name or a right. */
    public static SqlServerLog ofWants(TargetConnection connection) {
        return new SqlServerLog(connection, WANTING);
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        connection.session().query("""
                SELECT name, setting FROM pg_settings
                WHERE name IN ('log_lock_waits', 'lc_messages', 'log_min_messages', 'auto_explain.log_min_duration')""")
                .forEach(row -> settings.put(row.getString("name"), row.getString("setting")));
        return settings;
    }

    private record LogFile(String name, long size) {}

    @Override
    public Reading read(Optional<Position> from) {
        Session session = connection.session();
        try {
            List<LogFile> files = files(session);
            if (files.isEmpty()) {
                return new Unreadable("the server writes no jsonlog: set logging_collector = on and add jsonlog to"
                        + " log_destination (PostgreSQL 15 and later)");
            }
            LogFile newest = files.get(files.size() - 1);
            Position end = new Position(newest.name(), newest.size());
            if (from.isEmpty()) {
                // That it may be read is tried at once, not when something has gone wrong.
                bytes(session, new Position(end.file(), Math.max(0, end.offset() - 1)), 1);
                return new Read(end, List.of(), Optional.empty(), false);
            }
            return read(session, files, from.get(), end);
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST) {
                throw e;
            }
            return new Unreadable(e.state() == SqlState.INSUFFICIENT_PRIVILEGE
                    ? "the server's log may not be read: GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint,"
                            + " bigint, boolean) TO the observer's role"
                    : "the server's log cannot be read: SQLSTATE " + e.sqlState() + ": " + e.getMessage());
        }
    }

    private Reading read(Session session, List<LogFile> files, Position from, Position end) {
        int index = 0;
        while (index < files.size() && !files.get(index).name().equals(from.file())) {
            index++;
        }
        if (index == files.size() || files.get(index).size() < from.offset()) {
            return new Read(end, List.of(), Optional.of("log file " + from.file() + " was removed before it was read"),
                    false);
        }
        long backlog = files.subList(index, files.size()).stream().mapToLong(LogFile::size).sum() - from.offset();
        if (backlog > LARGEST_BACKLOG) {
            return new Read(end, List.of(), Optional.of("the log grew by " + backlog + " bytes between two looks"),
                    false);
        }
        boolean last = index == files.size() - 1;
        byte[] chunk = bytes(session, from, CHUNK);
        int whole = wholeLines(chunk);
        List<Entry> entries = entries(new String(chunk, 0, whole, StandardCharsets.UTF_8),
                session.query("SELECT current_database() AS name").get(0).getString("name"));
        Position next = new Position(from.file(), from.offset() + whole);
        if (whole == 0 && !last) {
            next = new Position(files.get(index + 1).name(), 0);
        } else if (whole == 0 && chunk.length == CHUNK) {
            return new Read(end, List.of(), Optional.of("a line of the log is longer than " + CHUNK + " bytes"),
                    false);
        }
        return new Read(next, entries, Optional.empty(), whole > 0 || !last);
    }

    /** Oldest first; none where the server writes no such log. */
    private static List<LogFile> files(Session session) {
        if (session.query("""
                SELECT 1 FROM pg_settings WHERE name = 'log_destination' AND setting LIKE '%jsonlog%'
                AND current_setting('logging_collector') = 'on'""").isEmpty()) {
            return List.of();
        }
        return session.query("""
                SELECT name, size FROM pg_ls_logdir() WHERE name LIKE '%.json' ORDER BY modification, name""").stream()
                .map(row -> new LogFile(row.getString("name"), row.getLong("size"))).toList();
    }

    private static byte[] bytes(Session session, Position from, long length) {
        Row row = session.query("""
                SELECT pg_read_binary_file(current_setting('log_directory') || '/' || $1, $2::bigint, $3::bigint, true)
                    AS content""", from.file(), from.offset(), length).get(0);
        return row.getBuffer("content") == null ? new byte[0] : row.getBuffer("content").getBytes();
    }

    private static int wholeLines(byte[] chunk) {
        int end = chunk.length;
        while (end > 0 && chunk[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private List<Entry> entries(String lines, String database) {
        List<Entry> entries = new ArrayList<>();
        for (String line : lines.split("\n")) {
            // The code stands in every line that is of use, and most lines are not.
            if (states.isEmpty() || states.stream().anyMatch(state -> line.contains('"' + state + '"'))) {
                entry(line, database).ifPresent(entries::add);
            }
        }
        return entries;
    }

    private Optional<Entry> entry(String line, String database) {
        JsonNode entry;
        try {
            entry = MessageJson.mapper().readTree(line);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        String application = entry.path("application_name").asText("");
        if (!states.isEmpty() && !states.contains(entry.path("state_code").asText(""))
                || application.startsWith("lockkeeper/")
                || !entry.path("dbname").asText("").equals(database)) {
            return Optional.empty();
        }
        return Optional.of(new Entry(entry.path("state_code").asText(), application, entry.path("user").asText(""),
                entry.path("message").asText(""),
                entry.path("statement").asText(""), entry.path("internal_query").asText("")));
    }
}
