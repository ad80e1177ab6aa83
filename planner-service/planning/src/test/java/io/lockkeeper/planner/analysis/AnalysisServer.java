package io.lockkeeper.planner.analysis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

import io.vertx.core.Vertx;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.planner.cases.CaseDatabases;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.policy.DenyRules;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** A database with the schema that statements are tried on, and its catalog as the planner reads it. */
final class AnalysisServer implements AutoCloseable {

    private final TestDatabase database;
    private final Catalog catalog;

    AnalysisServer(Vertx vertx, Path home, String schema) throws IOException, SQLException {
        database = TestPostgres.shared().createDatabase("analysis");
        CaseDatabases.load(database, schema);
        makeTablespace();
        TestTargets.add(home, "shop", database);
        Targets.Opened opened = TestTargets.in(vertx, home).open("shop");
        try (var snapshot = ((Targets.Open) opened).snapshot()) {
            catalog = snapshot.catalog();
        }
    }

    /** Of the server, not of the database: the first that needs it makes it. */
    private void makeTablespace() throws SQLException {
        synchronized (AnalysisServer.class) {
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                statement.execute("SET allow_in_place_tablespaces = on");
                if (!statement.executeQuery("SELECT FROM pg_tablespace WHERE spcname = 'lk_analysis_space'").next()) {
                    statement.execute("CREATE TABLESPACE lk_analysis_space LOCATION ''");
                }
            }
        }
    }

    Catalog catalog() {
        return catalog;
    }

    TestDatabase database() {
        return database;
    }

    /** Whole reads are told from lookups by an index only if there are none of the latter. */
    Connection connect() throws SQLException {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off;"
                    + " SET lock_timeout = '5s'; SET statement_timeout = '30s'");
        }
        connection.setAutoCommit(false);
        return connection;
    }

    static List<SourceStatement> statements(PostgresGrammar grammar, String path, String sql) {
        return ((Parsed) grammar.parse(sql)).statements().stream()
                .map(parsed -> new SourceStatement(path, parsed.index() + 1, parsed)).toList();
    }

    static boolean denied(PostgresGrammar grammar, SourceStatement statement) {
        return denied(grammar, statement, Set.of());
    }

    /**
     * These are judged, never run: the server belongs to all tests, and its files to all processes. What cascades harms the
     * test's own database alone.
     */
    static boolean hostile(PostgresGrammar grammar, SourceStatement statement) {
        return denied(grammar, statement, Set.of("drop-cascade", "truncate-cascade"));
    }

    private static boolean denied(PostgresGrammar grammar, SourceStatement statement, Set<String> allowed) {
        try {
            new DenyRules(grammar, Policy.DEFAULT, allowed, false).require(statement);
            return false;
        } catch (RefusedStatement e) {
            return true;
        }
    }

    static String resource(String name) throws IOException {
        try (var in = AnalysisServer.class.getResourceAsStream("/analysis/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
