package io.lockkeeper.embedded;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The contents of {@code postgresql.conf}. */
final class PostgresSettings {

    /** What the product wants of a target; see `lockkeeper doctor` for what each buys. All can be overridden. */
    static final Map<String, String> DEFAULTS = Map.of("wal_level", "logical", "max_replication_slots", "20",
            "max_wal_senders", "20", "max_connections", "200", "shared_preload_libraries", "pg_stat_statements",
            "track_functions", "all", "max_slot_wal_keep_size", "1GB", "unix_socket_directories", "", "log_line_prefix",
            "%m [%p] %u@%d/%a ");

    /**
     * Only a crash of the operating system loses or corrupts data with this. Not here on purpose: without
     * synchronous_commit a killed server loses its last commits and a logical slot sees them up to 0.6 s late; without
     * full_page_writes a killed server may leave a page half written. With fsync off both cost next to nothing.
     */
    static final Map<String, String> FAST_UNSAFE = Map.of("fsync", "off");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

    private final Map<String, String> values = new LinkedHashMap<>();

    void put(String name, String value) {
        if (!NAME.matcher(name).matches() || value.chars().anyMatch(Character::isISOControl)) {
            throw new EmbeddedServerException("Cannot set the PostgreSQL setting \"" + name + "\"",
                    "the name or the value \"" + value + "\" has characters that postgresql.conf does not take",
                    "Use a setting's name as in pg_settings, and a value without line breaks");
        }
        values.put(name, value);
    }

    void putAll(Map<String, String> settings) {
        settings.forEach(this::put);
    }

    boolean fsync() {
        return !"off".equals(values.get("fsync"));
    }

    String render() {
        var file = new StringBuilder();
        values.forEach((name, value) -> file.append(name).append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''")).append("'\n"));
        return file.toString();
    }
}
