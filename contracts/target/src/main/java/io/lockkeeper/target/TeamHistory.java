package io.lockkeeper.target;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

import io.lockkeeper.messages.RelationName;

/** The table in which the team's own tool keeps what was applied: it is written beside the ledger. */
public record TeamHistory(Tool of, RelationName table) {

    public enum Tool {
        FLYWAY("flyway_schema_history"),
        GOLANG_MIGRATE("schema_migrations"),
        RAILS("schema_migrations"),
        DIESEL(
                "__diesel_schema_migrations");

        private final String table;

        Tool(String table) {
            this.table = table;
        }

        /** {@code golang-migrate}: as files name it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Tool of(String name) {
            return Arrays.stream(values()).filter(tool -> tool.wireName().equals(name)).findFirst()
                    .orElseThrow(() -> new TargetException("history.of is " + name + "; it can be one of " + names()));
        }

        public static List<String> names() {
            return Arrays.stream(values()).map(Tool::wireName).toList();
        }
    }

    /** @param table {@code schema.name}, or a name in {@code public}; null for the tool's own default */
    @JsonCreator
    public static TeamHistory read(@JsonProperty("of") String tool, @JsonProperty("table") String table) {
        if (tool == null) {
            throw new TargetException("history lacks `of`: state one of " + Tool.names());
        }
        Tool of = Tool.of(tool);
        String[] parts = (table == null ? of.table : table).split("\\.", -1);
        if (parts.length > 2 || Arrays.stream(parts).anyMatch(String::isBlank)) {
            throw new TargetException(
                    "history.table is " + table + ": state schema.table, or its name alone in public");
        }
        return new TeamHistory(of, parts.length == 1
                ? RelationName.of("public", parts[0])
                : RelationName.of(parts[0], parts[1]));
    }
}
