package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** A target that nobody uses gets the files as written, and ends as one that went through every safe plan. */
class FreshTargetIT {

    private static final int FILES = 300;
    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @TempDir
    static Path home;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @Test
    void aLongHistoryAppliesWholeAndEndsAsItDoesByHand() throws Exception {
        long seed = Long.getLong("history.seed", 20261121);
        List<MigrationFile> files = new GeneratedHistory(seed).files(FILES);
        try (TestDatabase fresh = TestPostgres.shared().createDatabase("fresh");
                TestDatabase byHand = TestPostgres.shared().createDatabase("byhand")) {
            Plan plan = planned(plan(fresh, files, "fresh: true"));
            assertThat(plan.gates()).isEmpty();
            assertThat(plan.files()).extracting(Plan.FileVersion::version)
                    .containsExactlyElementsOf(files.stream().map(MigrationFile::version).toList());
            assertThat(plan.steps()).filteredOn(step -> step.action() instanceof Action.AsWritten)
                    .hasSizeGreaterThanOrEqualTo(FILES);
            for (MigrationFile file : files) {
                runByHand(byHand, file);
            }
            try (Connection one = fresh.connect(); Connection other = byHand.connect()) {
                PlanRunner runner = new PlanRunner(one, plan);
                runner.run(plan.steps());
                assertThat(CatalogLines.schema(one)).as("schema of seed %s", seed)
                        .isEqualTo(CatalogLines.schema(other));
                assertThat(CatalogLines.rows(one)).as("rows of seed %s", seed).isEqualTo(CatalogLines.rows(other));
            }
        }
    }

    @Test
    void safePlansAndFilesAsWrittenEndInTheSameCatalogAndHistory() throws Exception {
        List<MigrationFile> files = List.of(file("1", """
                CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
                INSERT INTO customers (name) VALUES ('ann'), ('bob');
                """), file("2", "ALTER TABLE customers ADD COLUMN tier text DEFAULT 'basic' NOT NULL;"),
                file("3", "UPDATE customers SET tier = 'gold' WHERE name = 'ann';"),
                file("4", "CREATE INDEX CONCURRENTLY customers_tier ON customers (tier);"),
                file("5", "ALTER TABLE customers ALTER COLUMN name SET NOT NULL;"),
                file("6", "ALTER TABLE customers RENAME COLUMN name TO title;"),
                file("7", "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);\n"
                        + "INSERT INTO orders SELECT id, id FROM customers;"),
                file("8", "ALTER TABLE customers DROP COLUMN tier;"));
        try (TestDatabase fresh = TestPostgres.shared().createDatabase("fresh");
                TestDatabase used = TestPostgres.shared().createDatabase("used")) {
            Plan whole = planned(plan(fresh, files, "fresh: true"));
            List<Plan.FileVersion> history = new ArrayList<>();
            for (MigrationFile file : files) {
                used.execute("ANALYZE");
                Plan safe = planned(plan(used, List.of(file), "fresh: false"));
                try (Connection connection = used.connect(); Statement statement = connection.createStatement()) {
                    statement.execute("CREATE SCHEMA IF NOT EXISTS lockkeeper_sync");
                    new PlanRunner(connection, safe).run(safe.steps());
                }
                history.addAll(safe.files());
            }
            assertThat(whole.files()).isEqualTo(history);
            try (Connection one = fresh.connect(); Connection other = used.connect()) {
                new PlanRunner(one, whole).run(whole.steps());
                assertThat(CatalogLines.schema(one)).isEqualTo(CatalogLines.schema(other));
                assertThat(CatalogLines.rows(one)).isEqualTo(CatalogLines.rows(other));
            }
        }
    }

    @Test
    void aTargetThatSomebodyUsesIsNotFreshWhateverItsFileSays() throws Exception {
        List<MigrationFile> files = List.of(file("1", "CREATE TABLE a (id int);"));
        try (TestDatabase database = TestPostgres.shared().createDatabase("fresh")) {
            assertThat(plan(database, files, "fresh: true")).isInstanceOf(PlanEvent.PlanProposed.class);
            try (Connection application = database.connect()) {
                Refusal refusal = refused(plan(database, files, "fresh: true"));
                assertThat(refusal.code()).isEqualTo("target-in-use");
                assertThat(refusal.message()).contains("a session of application ");
                assertThat(application.isValid(5)).isTrue();
                Policy answered = new Policy("demo", null, false, false, false,
                        List.of(new Policy.PolicyException("target-in-use", "shop", "my own psql", "ann")));
                assertThat(plan(database, files, answered, "fresh: true")).isInstanceOf(PlanEvent.PlanProposed.class);
            }
        }
    }

    @Test
    void whatHarmsOthersOnTheServerIsDeniedHereToo() throws Exception {
        try (TestDatabase database = TestPostgres.shared().createDatabase("fresh")) {
            assertThat(refused(plan(database, List.of(file("1", "CREATE ROLE x SUPERUSER;")), "fresh: true")).code())
                    .isEqualTo("role-change");
            assertThat(refused(plan(database, List.of(file("1", "DO $$ BEGIN PERFORM pg_read_file('x'); END $$;")),
                    "fresh: true")).code()).isEqualTo("server-file");
            assertThat(refused(plan(database, List.of(file("1", "BEGIN; CREATE TABLE a (id int); ROLLBACK;")),
                    "fresh: true")).code()).isEqualTo("transaction-control");
            Plan allowed = planned(plan(database, List.of(file("1", "CREATE ROLE x;")), "fresh: true",
                    "allow: [role-change]"));
            assertThat(allowed.notes()).anyMatch(note -> note.contains("the target allows role-change"));
            assertThat(refused(plan(database, List.of(file("1", "SELECT 1;")), "allow: [everything]")).message())
                    .contains("everything").contains("role-change");
        }
    }

    /** As psql does: one session per file, each statement by itself. */
    private static void runByHand(TestDatabase database, MigrationFile file) throws SQLException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            for (ParsedStatement parsed : ((Parsed) GRAMMAR.parse(file.sql())).statements()) {
                try {
                    statement.execute(parsed.text());
                } catch (SQLException e) {
                    throw new SQLException(file.path() + ": " + e.getMessage() + "\n" + parsed.text(), e);
                }
            }
        }
    }

    private static PlanEvent plan(TestDatabase database, List<MigrationFile> files, String... target)
            throws Exception {
        return plan(database, files, new Policy("demo", null, true, true, true, List.of()), target);
    }

    private static PlanEvent plan(TestDatabase database, List<MigrationFile> files, Policy policy, String... target)
            throws Exception {
        TestTargets.add(home, "shop", database, target);
        Application application = new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty());
        return new Planning(TestTargets.in(VERTX, home), new Planner(GRAMMAR))
                .plan(new ReleaseRequested("shop", "r1", application, files, List.of(), policy), "event");
    }

    private static Plan planned(PlanEvent event) {
        assertThat(event).isInstanceOf(PlanEvent.PlanProposed.class);
        return ((PlanEvent.PlanProposed) event).plan();
    }

    private static Refusal refused(PlanEvent event) {
        assertThat(event).isInstanceOf(PlanEvent.PlanRefused.class);
        return ((PlanEvent.PlanRefused) event).refusals().get(0);
    }

    private static MigrationFile file(String version, String sql) {
        return new MigrationFile(version, "V" + version + "__x.sql", MigrationFile.checksum(sql), sql,
                Optional.empty());
    }
}
