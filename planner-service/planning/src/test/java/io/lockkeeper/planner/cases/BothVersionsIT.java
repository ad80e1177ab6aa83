package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/**
 * Both versions of the application work while a plan runs to the point of no return, is taken back whole, and runs to its
 * end; each version as long as the plan's compatibility windows let it. After each step every version has run all its
 * statements, none has failed, and each gate has found parity.
 *
 * <p>
 * A case has the folder {@code writers}: {@code old.sql} and {@code new.sql}, a statement a line, as {@link Workload} runs
 * them. Without the latter both versions write alike.
 */
class BothVersionsIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final Set<String> SLICE = Set.of("key-to-bigint", "rename-column",
            "rename-table");

    @TempDir
    static Path home;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> bothVersionsWorkAllTheWhile() throws IOException {
        return CaseFolders.plannedTests(folder -> hasWriters(folder) && SLICE.contains(name(folder)),
                BothVersionsIT::check);
    }

    @TestFactory
    @Tag("campaign")
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> bothVersionsWorkAllTheWhileInEveryCase() throws IOException {
        return CaseFolders.plannedTests(folder -> hasWriters(folder) && !SLICE.contains(name(folder)),
                BothVersionsIT::check);
    }

    @Test
    void everyCaseWithTwoShapesHasWriters() throws IOException {
        for (Path folder : CaseFolders.all()) {
            Path plan = folder.resolve("plan.txt");
            if (Files.exists(plan)) {
                String text = Files.readString(plan);
                if (text.contains("\npair ") || text.contains("keep the old name as a view")) {
                    assertThat(folder).satisfies(BothVersionsIT::hasWriters);
                }
            }
        }
    }

    private static boolean hasWriters(Path folder) {
        return Files.exists(folder.resolve("writers"));
    }

    private static String name(Path folder) {
        return folder.getFileName().toString();
    }

    private static void check(Path folder) throws Exception {
        try (TestDatabase database = TestPostgres.shared().createDatabase("versions");
                Connection connection = database.connect()) {
            CaseDatabases.load(database, folder);
            try (Statement statement = connection.createStatement()) {
                statement.execute(LedgerSchema.DDL);
            }
            Path own = home.resolve(folder.getFileName());
            TestTargets.add(own, "shop", database);
            PlanEvent event = new Planning(TestTargets.in(VERTX, own), new Planner(GRAMMAR))
                    .plan(CasesIT.release(folder), "event");
            Plan plan = ((PlanEvent.PlanProposed) event).plan();
            List<String> before = CatalogLines.schema(connection);
            List<Workload> workloads = workloads(folder, database, plan);
            try {
                backAndForth(connection, plan, workloads, before);
            } finally {
                for (Workload workload : workloads) {
                    workload.end();
                }
            }
            assertThat(CatalogLines.schema(connection)).as("schema")
                    .isEqualTo(CaseDatabases.asWritten(folder, GRAMMAR).schema());
        }
    }

    private static void backAndForth(Connection connection, Plan plan, List<Workload> workloads, List<String> before)
            throws Exception {
        PlanRunner runner = new PlanRunner(connection, plan);
        List<Step> steps = plan.steps();
        List<Step> revertible = runner.revertible();
        during(workloads, "the beginning", 0, () -> {});
        for (int done = 0; done < revertible.size(); done++) {
            List<Step> step = steps.subList(done, done + 1);
            during(workloads, step.get(0).id(), done + 1, () -> runner.run(step));
        }
        for (int done = revertible.size(); done > 0; done--) {
            List<Step> step = steps.subList(done - 1, done);
            during(workloads, "the undo of " + step.get(0).id(), done - 1, () -> runner.undo(step));
        }
        boolean whole = revertible.stream().flatMap(step -> step.undo().stream())
                .noneMatch(undo -> undo.actions().isEmpty() && !undo.lossless());
        if (whole) {
            assertThat(CatalogLines.schema(connection)).as("after taking it back").isEqualTo(before);
        }
        for (int done = 0; done < steps.size(); done++) {
            List<Step> step = steps.subList(done, done + 1);
            during(workloads, step.get(0).id() + ", the second time", done + 1, () -> runner.run(step));
        }
    }

    private interface Change {
        void run() throws SQLException;
    }

    /** Ends the workloads that the next state of the database is not for, and has those work that it is for. */
    private static void during(List<Workload> workloads, String what, int stepsDone, Change change) throws Exception {
        try {
            for (Workload workload : workloads) {
                if (!workload.mayRunAfter(stepsDone)) {
                    workload.stop();
                }
            }
            change.run();
            List<Workload> running = workloads.stream().filter(workload -> workload.mayRunAfter(stepsDone)).toList();
            running.forEach(Workload::start);
            for (Workload workload : running) {
                workload.awaitRound();
            }
        } catch (AssertionError e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
    }

    /** The old version, the new version's writers and its readers: one each, by the plan's windows. */
    private static List<Workload> workloads(Path folder, TestDatabase database, Plan plan) throws IOException {
        Path old = folder.resolve("writers/old.sql");
        Path fresh = folder.resolve("writers/new.sql");
        List<String> statements = Files.readAllLines(Files.exists(fresh) ? fresh : old);
        List<String> reads = statements.stream().filter(sql -> sql.startsWith("SELECT")).toList();
        List<String> writes = new ArrayList<>(statements);
        writes.removeAll(reads);
        AtomicLong numbers = new AtomicLong();
        List<Workload> workloads = new ArrayList<>();
        for (Plan.CompatibilityWindow window : plan.windows()) {
            List<String> own;
            if (Optional.of(window.version()).equals(plan.watch().application().fromVersion())) {
                own = Files.readAllLines(old);
            } else {
                own = window.tolerates().startsWith("may write") ? writes : reads;
            }
            int from = window.fromStep().isEmpty() ? 0 : plan.steps().indexOf(plan.step(window.fromStep())) + 1;
            int until = window.untilStep().isEmpty()
                    ? plan.steps().size()
                    : plan.steps().indexOf(plan.step(window.untilStep())) + 1;
            workloads.add(new Workload(database, own, numbers, from, until));
        }
        return workloads;
    }
}
