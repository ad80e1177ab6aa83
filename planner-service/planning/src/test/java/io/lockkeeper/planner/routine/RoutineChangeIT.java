package io.lockkeeper.planner.routine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.cases.CaseDatabases;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** The server is the oracle: each declaration is tried, and must do to pg_proc what the comparison says. */
class RoutineChangeIT {

    /** A row of pg_proc by the kind of change that a difference in it is. */
    private static final String ROW = """
            SELECT p.oid::text AS identity,
              ROW(p.procost, p.prorows, p.prosupport, (SELECT array_agg(c ORDER BY c) FROM unnest(p.proconfig) c
                WHERE c NOT LIKE 'search_path=%'))::text AS "METADATA",
              ROW(p.prolang, p.prosrc, p.probin, p.prosqlbody)::text AS "BODY",
              ROW((SELECT array_agg(nullif(name, '') ORDER BY place)
                 FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY AS argument(name, mode, place)
                 WHERE coalesce(mode, 'i') IN ('i', 'b', 'v')))::text AS "ADDITIVE",
              ROW(p.provolatile, p.proisstrict, p.proparallel,
                (SELECT array_agg(name ORDER BY place)
                 FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY AS argument(name, mode, place)
                 WHERE mode IN ('o', 'b', 't')))::text AS "CONTRACT",
              ROW(p.prosecdef, p.proleakproof)::text AS "SECURITY",
              p.prosecdef::text AS definer, (p.provariadic <> 0)::text AS variadic,
              coalesce(pg_get_expr(p.proargdefaults, 0), '') AS defaults,
              coalesce((SELECT c FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%'), '') AS path,
              p.proowner || coalesce(p.proacl::text, '') AS kept
            FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ?
            """;

    private static final Pattern WRAPPED = Pattern
            .compile("(?m)^--! (.*?)(?: =|:) (.*)\\nCREATE (?:FUNCTION|PROCEDURE) (\\w+)");
    private static final String ALL_BUT_THE_BODY = """
            SELECT to_jsonb(p) - 'prolang' - 'prosrc' - 'prosqlbody' - 'proargdefaults'
              || jsonb_build_object('defaults', pg_get_expr(p.proargdefaults, 0)) FROM pg_proc p WHERE proname = '%s'
            """;

    @TempDir
    Path home;

    @Test
    void everyVariantIsWhatPostgresMakesOfIt() throws Exception {
        Vertx vertx = Vertx.vertx();
        List<String> wrong = new ArrayList<>();
        int tried = 0;
        try (PostgresGrammar grammar = new PostgresGrammar();
                TestDatabase database = TestPostgres.shared().createDatabase("routines")) {
            CaseDatabases.load(database, resource("schema.sql"));
            Catalog catalog = catalog(vertx, database);
            try (Connection connection = database.connect()) {
                connection.setAutoCommit(false);
                for (ParsedStatement variant : ((Parsed) grammar.parse(resource("variants.sql"))).statements()) {
                    Declaration next = Declaration.of(variant.tree(), catalog);
                    Set<String> said = said(next, variant.tree().flag("replace"), catalog, grammar);
                    Set<String> done = tried(connection, next, variant.text());
                    if (!said.equals(done)) {
                        wrong.add(variant.text() + "\n  said " + said + "\n  done " + done);
                    }
                    tried++;
                }
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        assertThat(String.join("\n", wrong)).isEmpty();
        assertThat(tried).isGreaterThanOrEqualTo(50);
    }

    @Test
    void wrapperAnswersForTheOldOneAndKeepsAllButItsBody() throws Exception {
        String script = resource("wrappers.sql");
        Vertx vertx = Vertx.vertx();
        try (PostgresGrammar grammar = new PostgresGrammar();
                TestDatabase database = TestPostgres.shared().createDatabase("wrappers")) {
            // The driver would take a body in SQL's own syntax apart at its semicolons.
            try (Connection connection = DriverManager.getConnection(database.jdbcUrl() + "&preferQueryMode=simple");
                    Statement schema = connection.createStatement()) {
                schema.execute(script);
                Catalog catalog = catalog(vertx, database);
                connection.setAutoCommit(false);
                for (MatchResult variant : WRAPPED.matcher(script).results().toList()) {
                    String name = variant.group(3);
                    Routine old = named(catalog, name);
                    Wrapper wrapper = Wrapper.of(Declaration.of(old, grammar, catalog).orElseThrow(),
                            Declaration.of(named(catalog, name + "_v2"), grammar, catalog).orElseThrow(), catalog);
                    if (variant.group(1).equals("refused")) {
                        assertThat(wrapper.body()).as(name).isEmpty();
                        assertThat(wrapper.why()).as(name).contains(variant.group(2));
                        continue;
                    }
                    assertThat(wrapper.why()).as(name).isEmpty();
                    String before = one(connection, ALL_BUT_THE_BODY.formatted(name));
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(wrapper.definition(old.definition().orElseThrow()));
                    }
                    assertThat(one(connection, ALL_BUT_THE_BODY.formatted(name))).isEqualTo(before);
                    assertThat(String.valueOf(one(connection, variant.group(2)))).as(name).isEqualTo(variant.group(1));
                }
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void eventTriggersThatFireOnThePlanAreNamedAndNeverChangedByIt() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (PostgresGrammar grammar = new PostgresGrammar();
                TestDatabase database = TestPostgres.shared().createDatabase("events")) {
            database.execute("CREATE TABLE orders (id bigint PRIMARY KEY)",
                    "CREATE FUNCTION guard() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$",
                    "CREATE EVENT TRIGGER guard ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION guard()",
                    "CREATE EVENT TRIGGER asleep ON sql_drop EXECUTE FUNCTION guard()",
                    "ALTER EVENT TRIGGER asleep DISABLE");
            TestTargets.add(home, "shop", database);
            Planning planning = new Planning(TestTargets.in(vertx, home), new Planner(grammar));

            PlanEvent planned = planning.plan(release("ALTER TABLE orders ADD COLUMN note text;"), "event");
            assertThat(((PlanEvent.PlanProposed) planned).plan().notes())
                    .anyMatch(note -> note.startsWith(
                            "event trigger guard (ddl_command_end for CREATE INDEX, runs public.guard) fires"))
                    .noneMatch(note -> note.contains("asleep"));
            for (String sql : List.of("CREATE EVENT TRIGGER other ON sql_drop EXECUTE FUNCTION guard();",
                    "ALTER EVENT TRIGGER guard DISABLE;", "DROP EVENT TRIGGER guard;",
                    "ALTER EVENT TRIGGER guard RENAME TO other;")) {
                PlanEvent refused = planning.plan(release(sql), "event");
                assertThat(((PlanEvent.PlanRefused) refused).refusals()).singleElement().satisfies(
                        refusal -> assertThat(refusal.advice()).hasValueSatisfying(advice -> assertThat(advice)
                                .contains("let a superuser create the trigger by hand, or change it")));
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static ReleaseRequested release(String sql) {
        return new ReleaseRequested("shop", "r1",
                new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty()),
                List.of(new MigrationFile("1", "V1__x.sql", MigrationFile.checksum(sql), sql, Optional.empty())),
                List.of(),
                new Policy("demo", null, false, false, false, List.of()));
    }

    private static Routine named(Catalog catalog, String name) {
        return catalog.routinesNamed(RelationName.of("public", name)).get(0);
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }

    private static Set<String> said(Declaration next, boolean replace, Catalog catalog, PostgresGrammar grammar) {
        Optional<Routine> existing = catalog.routine(next.name(), next.argumentTypes());
        if (existing.isEmpty()) {
            return Set.of(catalog.routinesNamed(next.name()).isEmpty() ? "NEW" : "OVERLOAD");
        }
        RoutineChange change = Declaration.of(existing.get(), grammar, catalog)
                .map(live -> RoutineChange.between(live, next)).orElse(RoutineChange.OF_AN_AGGREGATE);
        return replace ? kinds(change) : Set.of("IMPOSSIBLE");
    }

    /** A trigger function's or a procedure's other body is another body to the server. */
    private static Set<String> kinds(RoutineChange change) {
        Set<String> kinds = new TreeSet<>();
        for (RoutineChange.Difference difference : change.differences()) {
            boolean behaviour = difference.kind() == RoutineChange.Kind.BEHAVIOUR;
            kinds.add((behaviour ? RoutineChange.Kind.BODY : difference.kind()).name());
        }
        return kinds.contains("IMPOSSIBLE") ? Set.of("IMPOSSIBLE") : kinds;
    }

    private static Set<String> tried(Connection connection, Declaration next, String sql) throws SQLException {
        Map<String, Map<String, String>> before = rows(connection, next.name().name());
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            connection.rollback();
            // Duplicate function, invalid function definition, wrong object type.
            assertThat(e.getSQLState()).as(sql + ": " + e.getMessage()).isIn("42723", "42P13", "42809");
            return Set.of("IMPOSSIBLE");
        }
        Map<String, Map<String, String>> after = rows(connection, next.name().name());
        connection.rollback();
        if (after.size() > before.size()) {
            return Set.of(before.isEmpty() ? "NEW" : "OVERLOAD");
        }
        Set<String> kinds = new TreeSet<>();
        after.forEach((identity, row) -> kinds.addAll(differing(before.get(identity), row)));
        return kinds;
    }

    private static Set<String> differing(Map<String, String> before, Map<String, String> after) {
        Set<String> kinds = new TreeSet<>();
        for (String column : after.keySet()) {
            if (!after.get(column).equals(before.get(column))) {
                kinds.add(column);
            }
        }
        boolean definer = before.get("definer").equals("true") || after.get("definer").equals("true");
        kinds.remove("definer");
        if (kinds.remove("path")) {
            kinds.add(definer ? "SECURITY" : "METADATA");
        }
        if (kinds.remove("variadic")) {
            kinds.add(after.get("variadic").equals("true") ? "ADDITIVE" : "CONTRACT");
        }
        if (kinds.remove("defaults")) {
            // Defaults are those of the last arguments: one more stands in front.
            kinds.add(after.get("defaults").endsWith(before.get("defaults")) ? "ADDITIVE" : "CONTRACT");
        }
        return kinds;
    }

    private static Map<String, Map<String, String>> rows(Connection connection, String name) throws SQLException {
        Map<String, Map<String, String>> rows = new TreeMap<>();
        try (PreparedStatement query = connection.prepareStatement(ROW)) {
            query.setString(1, name);
            ResultSet found = query.executeQuery();
            while (found.next()) {
                Map<String, String> row = new TreeMap<>();
                for (int i = 2; i <= found.getMetaData().getColumnCount(); i++) {
                    row.put(found.getMetaData().getColumnLabel(i), found.getString(i));
                }
                rows.put(found.getString(1), row);
            }
        }
        return rows;
    }

    private Catalog catalog(Vertx vertx, TestDatabase database) throws Exception {
        TestTargets.add(home, "shop", database);
        Targets.Opened opened = TestTargets.in(vertx, home).open("shop");
        try (var snapshot = ((Targets.Open) opened).snapshot()) {
            return snapshot.catalog();
        }
    }

    private static String resource(String name) throws Exception {
        try (var in = RoutineChangeIT.class.getResourceAsStream("/routine/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
