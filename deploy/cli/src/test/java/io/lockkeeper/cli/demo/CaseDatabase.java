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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.cli.Installation;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.stack.RolesScript;
import io.lockkeeper.cli.stack.TargetFile;
import io.lockkeeper.embedded.EmbeddedPostgres;

/** The sample submit_case on an embedded server, with the roles of deploy/sql. */
final class CaseDatabase {

    private final EmbeddedPostgres server;
    private final String name;
    private final String password;

    private CaseDatabase(EmbeddedPostgres server, String name, String password) {
        this.server = server;
        this.name = name;
        this.password = password;
    }

    static CaseDatabase create(Installation installation, HomeDirectory home, EmbeddedPostgres server, String name)
            throws SQLException, IOException {
        try (var admin = DriverManager.getConnection(server.jdbcUrl("postgres", EmbeddedPostgres.SUPERUSER));
                var statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        try (var superuser = DriverManager.getConnection(server.jdbcUrl(name, EmbeddedPostgres.SUPERUSER));
                var statement = superuser.createStatement()) {
            statement.execute("CREATE EXTENSION pg_stat_statements; CREATE SCHEMA app;"
                    + " SET lockkeeper.function_owner = 'app_fn_owner'; SET lockkeeper.schemas = 'app'");
            var prepared = RolesScript.apply(installation, home, ShopDatabase.SERVER, superuser, "case_owner",
                    "case_app");
            statement.execute("SET ROLE case_owner");
            statement.execute(Files.readString(installation.sample("submit_case").resolve("schema.sql")));
            new TargetFile(name,
                    URI.create("postgresql://127.0.0.1:" + server.port() + "/" + name + "?sslmode=disable"),
                    Optional.of("case_owner"), prepared.credentials()).write(home);
            return new CaseDatabase(server, name, prepared.applicationPassword());
        }
    }

    static Path release(Installation installation) {
        return installation.sample("submit_case").resolve("release");
    }

    /** As the application; statements are prepared on the server from their first execution. */
    String applicationUrl(String applicationName) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + name + "?user=case_app&password=" + password
                + "&prepareThreshold=1&ApplicationName="
                + URLEncoder.encode(applicationName, StandardCharsets.UTF_8);
    }

    /** Definition, hash, owner, grants, settings and comment of every routine, and the types beside them. */
    List<String> routines() throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Connection measure = DriverManager
                .getConnection(server.jdbcUrl(name, EmbeddedPostgres.SUPERUSER) + "&ApplicationName=demo/measure");
                var statement = measure.createStatement();
                var rows = statement.executeQuery("""
                        SELECT format('%s %s %s %s %s %s %s', p.oid::regprocedure, md5(pg_get_functiondef(p.oid)), p.proowner::regrole,
                          p.proacl, p.proconfig, obj_description(p.oid, 'pg_proc'), p.prosrc) AS line
                        FROM pg_proc p WHERE p.pronamespace = 'app'::regnamespace
                        UNION ALL
                        SELECT format('type %s %s', t.typname, t.typtype) FROM pg_type t
                        WHERE t.typnamespace = 'app'::regnamespace AND t.typtype = 'c'
                        ORDER BY line""")) {
            while (rows.next()) {
                lines.add(rows.getString("line"));
            }
        }
        return lines;
    }
}
