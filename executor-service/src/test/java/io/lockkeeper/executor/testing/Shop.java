package io.lockkeeper.executor.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetRegistry;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** A database of its own with a table to change, and a registry that knows it as {@code shop}. */
public final class Shop implements AutoCloseable {

    public static final String TARGET = "shop";

    private final TestDatabase database;
    private final Path home;

    private Shop(TestDatabase database, Path home) {
        this.database = database;
        this.home = home;
    }

    /** @param home an empty directory, {@code $LOCKKEEPER_HOME} */
    public static Shop open(Path home) {
        return open(TestPostgres.shared(), home);
    }

    public static Shop open(TestPostgres server, Path home) {
        TestDatabase database = server.createDatabase("executor");
        Shop shop = new Shop(database, home);
        shop.register(database.user(), database.password(), "");
        return shop;
    }

    public Path home() {
        return home;
    }

    public TargetRegistry registry() {
        return new TargetRegistry(home.resolve("targets"));
    }

    public Target target() {
        return registry().find(TARGET).orElseThrow();
    }

    public Connection connect() throws SQLException {
        return database.connect();
    }

    public void execute(String... statements) {
        try {
            database.execute(statements);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot prepare the test's database: " + e.getMessage(), e);
        }
    }

    /** First column of all rows, as text. */
    public List<String> column(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read the test's database: " + e.getMessage(), e);
        }
    }

    public String value(String sql) {
        List<String> values = column(sql);
        return values.isEmpty() ? "" : String.valueOf(values.get(0));
    }

    /** From now on the executor connects as a role that owns these tables and sees nobody else's sessions. */
    public void blindMigrator(String... tables) {
        String role = "blind_" + database.name();
        execute("CREATE ROLE " + role + " LOGIN PASSWORD 'blind'",
                "GRANT CREATE ON DATABASE " + database.name() + " TO " + role,
                "GRANT CREATE ON SCHEMA public TO " + role);
        for (String table : tables) {
            execute("ALTER TABLE " + table + " OWNER TO " + role);
        }
        register(role, "blind", "");
    }

    /**
     * From now on the executor connects as a role that owns nothing and is a member, without inheriting, of the role that
     * owns these tables: as deploy/sql sets it up.
     */
    public void migratorOf(String... tables) {
        String owner = "owner_" + database.name();
        String migrator = "migrator_" + database.name();
        execute("CREATE ROLE " + owner, "CREATE ROLE " + migrator + " LOGIN NOINHERIT PASSWORD 'migrator'",
                "GRANT " + owner + ", pg_read_all_stats TO " + migrator,
                "GRANT CREATE ON DATABASE " + database.name() + " TO " + migrator + ", " + owner,
                "GRANT CREATE ON SCHEMA public TO " + owner);
        for (String table : tables) {
            execute("ALTER TABLE " + table + " OWNER TO " + owner);
        }
        register(migrator, "migrator", "ownerRole: " + owner);
    }

    /** A further line of the target's file. */
    public void say(String line) {
        try {
            Files.writeString(home.resolve("targets").resolve(TARGET + ".yaml"), line + "\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException("cannot write the test's registry", e);
        }
    }

    /** From now on the executor finds the database there. */
    public void moveTo(String host, int port) {
        register(home, TARGET, host, port, database.user(), database.password(), "");
    }

    /** The other's executor knows this database as well. */
    public void addTo(Shop other, String name) {
        register(other.home, name, database.host(), database.port(), database.user(), database.password(), "");
    }

    /** @param more further lines of the target's file */
    private void register(String user, String password, String more) {
        register(home, TARGET, database.host(), database.port(), user, password, more);
    }

    private void register(Path registry, String name, String host, int port, String user, String password,
            String more) {
        try {
            Path file = registry.resolve("password-of-" + user);
            Files.writeString(file, password);
            Files.createDirectories(registry.resolve("targets"));
            Files.writeString(registry.resolve("targets").resolve(name + ".yaml"), """
                    url: postgresql://%s:%d/%s
                    credentials:
                      default: { user: %s, password: "file:%s" }
                    %s
                    """.formatted(host, port, database.name(), user, file, more));
        } catch (IOException e) {
            throw new IllegalStateException("cannot write the test's registry", e);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
