import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes a history of migrations as a team of some years has it: tables first, then columns, indexes, constraints, views,
 * functions and rows. The same numbers give the same files.
 *
 * <pre>java deploy/bench/History.java DIRECTORY [FILES [STATEMENTS]]</pre>
 */
public final class History {

    private static final String[] TYPES = {"text", "bigint", "integer", "numeric(12,2)", "timestamptz", "boolean",
            "jsonb", "uuid", "varchar(80)", "date"};

    private final Random random = new Random(20_261_121);
    private final List<String> tables = new ArrayList<>();
    private final List<Integer> columns = new ArrayList<>();
    private int made;

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        int files = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 300;
        int statements = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3_000;
        new History().write(directory, files, statements);
    }

    void write(Path directory, int files, int statements) throws IOException {
        Files.createDirectories(directory);
        int written = 0;
        for (int file = 1; file <= files; file++) {
            StringBuilder text = new StringBuilder("-- Migration " + file + " of the shop\n\n");
            for (int wanted = statements * file / files; written < wanted; written++) {
                text.append(statement(file)).append(";\n\n");
            }
            Files.writeString(directory.resolve("V" + file + "__change_" + file + ".sql"), text);
        }
    }

    private String statement(int file) {
        made++;
        if (tables.size() < 10 || random.nextInt(12) == 0) {
            return table();
        }
        int at = random.nextInt(tables.size());
        String table = tables.get(at);
        int column = random.nextInt(columns.get(at));
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> {
                columns.set(at, columns.get(at) + 1);
                return "ALTER TABLE " + table + " ADD COLUMN c" + (columns.get(at) - 1) + " " + type()
                        + (random.nextBoolean() ? "" : " DEFAULT NULL");
            }
            case 3, 4 -> {
                return "CREATE INDEX " + table + "_i" + made + " ON " + table + " (c" + column + ", id DESC)";
            }
            case 5 -> {
                return "CREATE INDEX CONCURRENTLY IF NOT EXISTS " + table + "_p" + made + " ON " + table + " (c" + column
                        + ") WHERE c" + column + " IS NOT NULL";
            }
            case 6 -> {
                return "ALTER TABLE " + table + " ALTER COLUMN c" + column + " SET NOT NULL";
            }
            case 7 -> {
                return "ALTER TABLE " + table + " ADD CONSTRAINT " + table + "_k" + made + " CHECK (c" + column
                        + " IS NOT NULL OR id > " + made + ") NOT VALID";
            }
            case 8 -> {
                return "ALTER TABLE " + table + " ADD COLUMN other_" + made + " bigint REFERENCES "
                        + tables.get(random.nextInt(tables.size())) + " (id)";
            }
            case 9 -> {
                return "CREATE OR REPLACE VIEW " + table + "_v" + made + " AS\nSELECT t.id, t.c" + column
                        + ", count(*) OVER (PARTITION BY t.c" + column + ") AS same\nFROM " + table
                        + " t\nWHERE t.created_at > now() - interval '30 days'\n  AND t.id IN (SELECT id FROM "
                        + tables.get(random.nextInt(tables.size())) + ")\nORDER BY t.id";
            }
            case 10 -> {
                return "CREATE OR REPLACE FUNCTION f" + made + "(wanted bigint) RETURNS bigint LANGUAGE plpgsql AS $$\n"
                        + "DECLARE\n  found bigint;\nBEGIN\n  SELECT count(*) INTO found FROM " + table
                        + " WHERE id = wanted;\n  RETURN found;\nEND\n$$";
            }
            case 11 -> {
                return "INSERT INTO " + table + " (id, created_at) VALUES (" + made + ", '2026-01-01'), (" + -made
                        + ", '2026-01-02') ON CONFLICT DO NOTHING";
            }
            case 12 -> {
                return "UPDATE " + table + " SET c" + column + " = DEFAULT WHERE id BETWEEN " + file + " AND "
                        + (file + 1000);
            }
            default -> {
                return "COMMENT ON TABLE " + table + " IS 'what the shop knows, since migration " + file + "'";
            }
        }
    }

    private String table() {
        String name = "t" + tables.size();
        int width = 4 + random.nextInt(12);
        StringBuilder text = new StringBuilder("CREATE TABLE " + name + " (\n    id bigint PRIMARY KEY,\n");
        for (int column = 0; column < width; column++) {
            text.append("    c").append(column).append(' ').append(type()).append(",\n");
        }
        text.append("    created_at timestamptz NOT NULL DEFAULT now()\n)");
        tables.add(name);
        columns.add(width);
        return text.toString();
    }

    private String type() {
        return TYPES[random.nextInt(TYPES.length)];
    }
}
