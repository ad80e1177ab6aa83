package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Rehearsal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Rehearsals;
import io.lockkeeper.planner.plan.TargetSnapshot;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.postgres.TestScratch;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.planner.rehearsal.Rehearser;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** Every case's plan passes its rehearsal, and the same rehearsal twice is the same evidence. */
class RehearsalCasesIT {

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
    Stream<DynamicTest> rehearsals() throws IOException {
        return CaseFolders.plannedTests(CaseFolders::inSlice, RehearsalCasesIT::check);
    }

    @Tag("campaign")
    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> otherRehearsals() throws IOException {
        return CaseFolders.plannedTests(folder -> !CaseFolders.inSlice(folder), RehearsalCasesIT::check);
    }

    private static void check(Path folder) throws Exception {
        try (TestDatabase database = TestPostgres.shared().createDatabase("rehearsed")) {
            CaseDatabases.load(database, folder);
            Path own = home.resolve(folder.getFileName());
            TestTargets.add(own, "shop", database);
            ReleaseRequested release = CasesIT.release(folder);
            Planner planner = new Planner(GRAMMAR);
            Rehearser rehearser = new Rehearser(TestScratch.on(VERTX, own, database), GRAMMAR);
            try (TargetSnapshot snapshot = ((Targets.Open) TestTargets.in(VERTX, own).open("shop")).snapshot()) {
                Plan plan = ((Planner.Planned) planner.plan((Planner.Readable) planner.read(release), "event",
                        snapshot)).plan();
                Rehearsals.Result result = rehearser.rehearse(release, plan, Rehearsals.Origin.of(snapshot));
                assertThat(result).isInstanceOf(Rehearsals.Passed.class);
                Rehearsal rehearsal = ((Rehearsals.Passed) result).rehearsal();
                assertThat(rehearsal.steps()).extracting(Rehearsal.StepTrace::step)
                        .containsExactlyElementsOf(plan.steps().stream().map(step -> step.id()).toList());
                assertThat(rehearsal.notRecreated()).isEmpty();
            }
        }
    }
}
