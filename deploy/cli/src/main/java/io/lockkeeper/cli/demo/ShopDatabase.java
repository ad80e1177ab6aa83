package io.lockkeeper.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.Installation;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.stack.RolesScript;
import io.lockkeeper.cli.stack.TargetFile;
import io.lockkeeper.embedded.EmbeddedPostgres;

/** The sample shop on an embedded server: roles as deploy/sql makes them, schema, rows, and its target file. */
public final class ShopDatabase {

    public static final String TARGET = "shop";

    /** Names the embedded server in the home's secrets. */
    public static final String SERVER = "embedded";

    private static final String OWNER = "shop_owner";
    private static final String APPLICATION = "shop_app";

    private final EmbeddedPostgres server;
    private final String database;
    private final String applicationPassword;
    private final int rows;

    private ShopDatabase(EmbeddedPostgres server, String database, String applicationPassword, int rows) {
        this.server = server;
        this.database = database;
        this.applicationPassword = applicationPassword;
        this.rows = rows;
    }

    /**
     * Makes a database of the target's name, fills it and registers the target.
     *
     * @param rows orders; at least 1,000
     */
    public static ShopDatabase create(Installation installation, HomeDirectory home, EmbeddedPostgres server,
            String target, int rows) {
        Path sample = installation.sample("shop");
        try (var admin = DriverManager.getConnection(server.jdbcUrl("postgres", EmbeddedPostgres.SUPERUSER));
                var statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + target);
        } catch (SQLException e) {
            throw failure("cannot create database " + target, e);
        }
        try (var superuser = DriverManager.getConnection(server.jdbcUrl(target, EmbeddedPostgres.SUPERUSER));
                var statement = superuser.createStatement()) {
            var prepared = RolesScript.apply(installation, home, SERVER, superuser, OWNER, APPLICATION);
            statement.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
            statement.execute("SET ROLE " + OWNER);
            statement.execute("SET shop.rows = " + rows);
            statement.execute(Files.readString(sample.resolve("schema.sql")));
            statement.execute(Files.readString(sample.resolve("seed.sql")));
            statement.execute("RESET ROLE");
            // Without this, autovacuum's first pass over the new rows would fall into the control.
            statement.execute("VACUUM ANALYZE");
            statement.execute("CHECKPOINT");
            new TargetFile(target,
                    URI.create("postgresql://127.0.0.1:" + server.port() + "/" + target + "?sslmode=disable"),
                    Optional.of(OWNER), prepared.credentials()).write(home);
            return new ShopDatabase(server, target, prepared.applicationPassword(), rows);
        } catch (SQLException e) {
            throw failure("cannot fill database " + target, e);
        } catch (IOException e) {
            throw failure("cannot read the sample in " + sample, e);
        }
    }

    /** The directory with the sample's release. */
    public static Path release(Installation installation) {
        return installation.sample("shop").resolve("release");
    }

    public int rows() {
        return rows;
    }

    /** As the application; statements are prepared on the server from their first execution. */
    public String applicationUrl(String applicationName) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database + "?user=" + APPLICATION + "&password="
                + applicationPassword + "&prepareThreshold=1&ApplicationName="
                + URLEncoder.encode(applicationName, StandardCharsets.UTF_8);
    }

    /** As superuser, for what only measures. */
    public Connection measure() throws SQLException {
        return DriverManager.getConnection(
                server.jdbcUrl(database, EmbeddedPostgres.SUPERUSER) + "&ApplicationName=demo/measure");
    }

    private static CommandFailure failure(String what, Exception cause) {
        return new CommandFailure(ExitCode.UNREACHABLE, what + ": " + cause.getMessage(), cause);
    }
}
