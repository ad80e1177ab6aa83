package io.lockkeeper.planner.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** Databases with a case's schema and rows. */
public final class CaseDatabases {

    /** ANALYZE of the whole database would go through the system catalogs too, which takes most of its time. */
    private static final String ANALYZE = """
            DO $$
            DECLARE
              name text;
            BEGIN
              FOR name IN SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^(pg_|information_schema)' AND NOT c.relispartition
              LOOP
                EXECUTE 'ANALYZE ' || name;
              END LOOP;
            END
            $$""";

    private static final Map<Path, AsWritten> AS_WRITTEN = new ConcurrentHashMap<>();

    /** How a database looks in which the release has run as written. */
    record AsWritten(List<String> schema, List<String> rows) {}

    private CaseDatabases() {}

    public static void load(TestDatabase database, String schema) throws SQLException {
        database.execute(schema, ANALYZE);
    }

    static void load(TestDatabase database, Path folder) throws IOException, SQLException {
        load(database, Files.readString(folder.resolve("schema.sql")));
    }

    /** What the release means, where PostgreSQL alone does not read it so: a comment, a replacement that it refuses. */
    private static List<String> written(Path folder) throws IOException {
        Path meant = folder.resolve("written.sql");
        return Files.exists(meant)
                ? List.of(Files.readString(meant))
                : CasesIT.release(folder).files().stream().map(MigrationFile::sql).toList();
    }

    /** Run once for all who compare with it. */
    static AsWritten asWritten(Path folder, PostgresGrammar grammar) {
        return AS_WRITTEN.computeIfAbsent(folder, any -> {
            try (TestDatabase database = TestPostgres.shared().createDatabase("written");
                    Connection connection = database.connect()) {
                load(database, folder);
                for (String sql : written(folder)) {
                    // One by one: what is written CONCURRENTLY does not run in a transaction with others.
                    database.execute(((Parsed) grammar.parse(sql)).statements().stream()
                            .map(ParsedStatement::text).toArray(String[]::new));
                }
                return new AsWritten(CatalogLines.schema(connection), CatalogLines.rows(connection));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (SQLException e) {
                throw new IllegalStateException(folder + " as written: " + e.getMessage(), e);
            }
        });
    }
}
