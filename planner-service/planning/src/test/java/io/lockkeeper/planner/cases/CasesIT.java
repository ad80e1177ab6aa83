package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.messages.SessionSelector;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/**
 * One folder per case: a schema with data, a release, and the plan or the refusal that is expected. A plan is then run,
 * taken back, and run again: before the first drop everything can be given back, and at the end the database is the same
 * as if the release had been run as written.
 *
 * <p>
 * {@code -Dcases.write=true} writes what comes out on this server instead of comparing it;
 * {@code -Dcases.only=name,name} runs some.
 */
class CasesIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @TempDir
    static Path home;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> cases() throws IOException {
        return CaseFolders.tests(this::check);
    }

    @Test
    void aTargetThatCannotStreamGetsAPlanWithoutStream() throws Exception {
        Path folder = CaseFolders.named("create-index");
        try (TestPostgres server = TestPostgres.launch(Map.of("wal_level", "replica"));
                TestDatabase database = server.createDatabase("replica")) {
            CaseDatabases.load(database, folder);
            TestTargets.add(home, "shop", database);
            PlanEvent event = new Planning(TestTargets.in(VERTX, home), new Planner(GRAMMAR)).plan(release(folder),
                    "event");
            Plan plan = ((PlanEvent.PlanProposed) event).plan();
            assertThat(plan.watch().stream()).isEmpty();
            assertThat(plan.steps()).noneMatch(step -> step.action() instanceof Action.CreatePublication);
            assertThat(plan.steps().get(0).gate()).contains(Gate.ARMED);
            assertThat(plan.notes()).anyMatch(note -> note.contains("wal_level is replica"));
        }
    }

    @Test
    void aRowRuleOfATableThatNoStreamBringsIsRefused() throws Exception {
        Path folder = CaseFolders.named("create-index");
        try (TestDatabase database = TestPostgres.shared().createDatabase("rules")) {
            CaseDatabases.load(database, folder);
            Path own = home.resolve("rules");
            TestTargets.add(own, "shop", database);
            Planning planning = new Planning(TestTargets.in(VERTX, own), new Planner(GRAMMAR));
            assertThat(planning.plan(withRule(release(folder), "orders"), "event"))
                    .isInstanceOf(PlanEvent.PlanProposed.class);
            for (String table : List.of("customers", "nothing")) {
                PlanEvent event = planning.plan(withRule(release(folder), table), "event");
                assertThat(((PlanEvent.PlanRefused) event).refusals()).singleElement()
                        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("row-rule-not-watched"))
                        .satisfies(refusal -> assertThat(refusal.message()).contains("public." + table));
            }
        }
    }

    private static ReleaseRequested withRule(ReleaseRequested release, String table) {
        return new ReleaseRequested(release.target(), release.release(), release.application(), release.files(),
                release.invariants(), release.policy(), List.of(),
                List.of(new RowRule("known", RelationName.of("public", table), "after.id > 0", Severity.P1,
                        Optional.empty(), Optional.empty(), Optional.empty())),
                List.of());
    }

    private void check(Path folder) throws Exception {
        try (TestDatabase database = TestPostgres.shared().createDatabase("planned")) {
            CaseDatabases.load(database, folder);
            Path own = home.resolve(folder.getFileName());
            TestTargets.add(own, "shop", database);
            ReleaseRequested release = release(folder);
            Planning planning = new Planning(TestTargets.in(VERTX, own), new Planner(GRAMMAR));
            PlanEvent event = planning.plan(release, "event");
            assertThat(planning.plan(release, "event")).as("planned again").isEqualTo(event);
            if (event instanceof PlanEvent.PlanRefused refused) {
                compare(folder, "refusal", database, PlanText.of(refused.refusals()));
                return;
            }
            Plan plan = ((PlanEvent.PlanProposed) event).plan();
            compare(folder, "plan", database, PlanText.of(plan));
            runBackAndForth(folder, database, plan);
        }
    }

    private static void runBackAndForth(Path folder, TestDatabase database, Plan plan) throws Exception {
        try (Connection planned = database.connect()) {
            try (Statement statement = planned.createStatement()) {
                statement.execute(LedgerSchema.DDL);
            }
            List<String> before = CatalogLines.schema(planned);
            PlanRunner runner = new PlanRunner(planned, plan, true);
            List<Step> revertible = runner.revertible();
            runner.run(revertible);
            if (revertible.stream().flatMap(step -> step.undo().stream())
                    .noneMatch(undo -> undo.actions().isEmpty() && !undo.lossless())) {
                runner.undo(revertible);
                assertThat(CatalogLines.schema(planned)).as("after taking it back").isEqualTo(before);
                runner.run(revertible);
            }
            runner.run(plan.steps().subList(revertible.size(), plan.steps().size()));

            CaseDatabases.AsWritten written = CaseDatabases.asWritten(folder, GRAMMAR);
            assertThat(CatalogLines.schema(planned)).as("schema").isEqualTo(written.schema());
            if (!Files.exists(folder.resolve("rows-differ"))) {
                assertThat(CatalogLines.rows(planned)).as("rows").isEqualTo(written.rows());
            }
        }
    }

    private static void compare(Path folder, String name, TestDatabase database, String actual)
            throws IOException, SQLException {
        int version;
        try (Connection connection = database.connect()) {
            version = connection.getMetaData().getDatabaseMajorVersion();
        }
        if (Expectation.WRITE) {
            Expectation.remove(folder, name.equals("plan") ? "refusal" : "plan", version);
        }
        Expectation.compare(folder, name, version, actual);
    }

    /** {@code release.properties} may say: fromVersion, oldWritersCompatible, swapCompatible, withoutStream, exceptions. */
    static ReleaseRequested release(Path folder) throws IOException {
        Properties properties = new Properties();
        if (Files.exists(folder.resolve("release.properties"))) {
            properties.load(new StringReader(Files.readString(folder.resolve("release.properties"))));
        }
        List<MigrationFile> files = new ArrayList<>();
        try (Stream<Path> listed = Files.list(folder.resolve("release"))) {
            for (Path path : listed.sorted().toList()) {
                String name = path.getFileName().toString();
                String sql = Files.readString(path);
                files.add(new MigrationFile(name.substring(1, name.indexOf("__")), name, MigrationFile.checksum(sql),
                        sql, Optional.empty()));
            }
        }
        List<Policy.PolicyException> exceptions = new ArrayList<>();
        for (String exception : properties.getProperty("exceptions", "").split("\\s*,\\s*")) {
            if (!exception.isBlank()) {
                String[] parts = exception.split("\\s+");
                exceptions.add(new Policy.PolicyException(parts[0], parts[1], "looked at", "ann"));
            }
        }
        Policy policy = new Policy("demo", null, flag(properties, "withoutStream"),
                flag(properties, "oldWritersCompatible"), flag(properties, "swapCompatible"), exceptions);
        Optional<String> fromVersion = Optional.of(properties.getProperty("fromVersion", "1"))
                .filter(version -> !version.equals("none"));
        Application application = new Application("shop", fromVersion, "2",
                fromVersion.map(v -> new SessionSelector(SessionSelector.By.APPLICATION_NAME, "shop/1")),
                Optional.of(new SessionSelector(SessionSelector.By.APPLICATION_NAME, "shop/2")));
        return new ReleaseRequested("shop", "r1", application, files, List.of(), policy);
    }

    private static boolean flag(Properties properties, String name) {
        return Boolean.parseBoolean(properties.getProperty(name));
    }
}
