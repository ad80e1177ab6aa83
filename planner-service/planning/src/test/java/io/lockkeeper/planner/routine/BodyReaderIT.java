package io.lockkeeper.planner.routine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.cases.CaseDatabases;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/**
 * The server is the oracle: what a body needs is taken away, and the body called. It fails where it is said to name it, and
 * works where not. {@code silent} works on, and does something else; {@code hidden} fails, and nobody can read why.
 */
class BodyReaderIT {

    private static final Pattern VARIANT = Pattern
            .compile("(?m)^--! (\\w+) (\\w+): (.*)\\nCREATE (?:FUNCTION|PROCEDURE) (\\w+)");
    private static final Map<String, String> TAKEN_AWAY = Map.of(
            "column", "ALTER TABLE orders DROP COLUMN note CASCADE",
            "table", "ALTER TABLE archive RENAME TO archived",
            "routine", "ALTER FUNCTION helper(integer) RENAME TO helped",
            "sequence", "ALTER SEQUENCE numbers RENAME TO numbered");

    private static final Map<String, String> SAID = Map.of("silent", "named", "hidden", "absent");

    private record Variant(String object, String verdict, String call, String routine) {

        static Variant of(MatchResult found) {
            return new Variant(found.group(1), found.group(2), found.group(3), found.group(4));
        }

        @Override
        public String toString() {
            return routine + " (" + object + " " + verdict + ")";
        }
    }

    @TempDir
    Path home;

    @Test
    void bodiesAreFoundWhereTheyWouldFail() throws Exception {
        String script = resource("bodies.sql");
        List<Variant> variants = VARIANT.matcher(script).results().map(Variant::of).toList();
        assertThat(variants).hasSizeGreaterThan(80);
        List<String> wrong = new ArrayList<>();
        Vertx vertx = Vertx.vertx();
        try (PostgresGrammar grammar = new PostgresGrammar();
                TestDatabase database = TestPostgres.shared().createDatabase("bodies");
                // The second compiles and plans each body only once what it needs is gone.
                Connection asItIs = database.connect();
                Connection without = database.connect()) {
            CaseDatabases.load(database, script);
            Catalog catalog = catalog(vertx, database);
            BodyReader reader = new BodyReader(catalog, grammar);
            for (Variant variant : variants) {
                String said = said(reader, catalog, variant);
                if (!said.equals(SAID.getOrDefault(variant.verdict, variant.verdict))) {
                    wrong.add(variant + " is said to be " + said);
                }
                Optional<String> failure = failure(asItIs, variant.call, "SELECT");
                failure.ifPresent(error -> wrong.add(variant + " fails as it is: " + error));
                if (failure(without, variant.call, TAKEN_AWAY.get(variant.object)).isPresent() != fails(variant)) {
                    wrong.add(variant + (fails(variant) ? " works without it" : " fails without it"));
                }
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        assertThat(String.join("\n", wrong)).isEmpty();
    }

    /** What cannot be read is written so that it fails, but for {@code c32}, which only looks like it. */
    private static boolean fails(Variant variant) {
        return Set.of("named", "hidden", "unread").contains(variant.verdict) && !variant.routine.equals("c32");
    }

    private static String said(BodyReader reader, Catalog catalog, Variant variant) {
        Routine routine = catalog.routines().stream().filter(one -> one.name().name().equals(variant.routine))
                .findFirst().orElseThrow();
        Optional<BodyReader.Mention> mention = switch (variant.object) {
            case "column" -> reader.ofColumn(routine, RelationName.of("public", "orders"), "note");
            case "table" -> reader.ofRelation(routine, RelationName.of("public", "archive"));
            case "sequence" -> reader.ofRelation(routine, RelationName.of("public", "numbers"));
            default -> reader.ofRoutine(routine, RelationName.of("public", "helper"), new Arity(1, 1));
        };
        return mention.map(found -> found.certain() ? "named" : "unread").orElse("absent");
    }

    private static Optional<String> failure(Connection connection, String call, String before) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(before);
            try {
                statement.execute(call);
                return Optional.empty();
            } catch (SQLException e) {
                return Optional.of(e.getSQLState() + " " + e.getMessage());
            } finally {
                connection.rollback();
            }
        }
    }

    private Catalog catalog(Vertx vertx, TestDatabase database) throws Exception {
        TestTargets.add(home, "shop", database);
        Targets.Opened opened = TestTargets.in(vertx, home).open("shop");
        try (var snapshot = ((Targets.Open) opened).snapshot()) {
            return snapshot.catalog();
        }
    }

    private static String resource(String name) throws Exception {
        try (var in = BodyReaderIT.class.getResourceAsStream("/routine/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
