package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.plan.TargetSnapshot;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.planner.report.Linter;
import io.lockkeeper.planner.report.Reviewed;
import io.lockkeeper.planner.report.Verdict;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** Statement by statement the review says what the plan says: the same steps, or the same refusals. */
class LinterIT {

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
    Stream<DynamicTest> reviews() throws IOException {
        return CaseFolders.tests(LinterIT::check);
    }

    private static void check(Path folder) throws Exception {
        ReleaseRequested release = CasesIT.release(folder);
        try (TestDatabase database = TestPostgres.shared().createDatabase("reviewed")) {
            CaseDatabases.load(database, folder);
            Path own = home.resolve(folder.getFileName());
            TestTargets.add(own, "shop", database);
            Targets targets = TestTargets.in(VERTX, own);
            PlanEvent event = new Planning(targets, new Planner(GRAMMAR)).plan(release, "event");
            List<Reviewed> reviewed;
            try (TargetSnapshot snapshot = ((Targets.Open) targets.open("shop")).snapshot()) {
                reviewed = new Linter(GRAMMAR, true, true, Optional.empty(), true).lint(inOrder(release),
                        snapshot.catalog());
            }
            if (event instanceof PlanEvent.PlanRefused refused) {
                // Behind the first refusal the review goes on as if the statement had run, which a plan cannot.
                assertThat(reviewed.stream().filter(one -> one.verdict() == Verdict.REFUSED).findFirst()
                        .map(one -> one.findings().get(0).rule()))
                        .isEqualTo(refused.refusals().stream().map(Refusal::code).findFirst());
                return;
            }
            Plan plan = ((PlanEvent.PlanProposed) event).plan();
            for (Reviewed one : reviewed) {
                List<Action> planned = plan.steps().stream()
                        .filter(step -> step.source()
                                .equals(Optional.of(new Step.Source(one.file(), one.line(), one.statement()))))
                        .map(Step::action).toList();
                assertThat(one.steps().stream().sorted((a, b) -> a.stage().compareTo(b.stage()))
                        .map(draft -> draft.action()).toList()).as(one.text()).isEqualTo(planned);
                assertThat(one.verdict()).as(one.text()).isNotEqualTo(Verdict.REFUSED);
            }
            // What a rehearsal finds is no statement's fault: an exception for it excuses none.
            boolean exceptions = release.policy().exceptions().stream()
                    .anyMatch(exception -> !exception.rule().equals("routine-breaks"));
            assertThat(reviewed.stream().anyMatch(one -> one.verdict() == Verdict.EXCEPTED)).isEqualTo(exceptions);
        }
    }

    private static ReleaseRequested inOrder(ReleaseRequested release) {
        List<MigrationFile> files = release.files().stream().sorted((a, b) -> Integer
                .compare(Integer.parseInt(a.version()), Integer.parseInt(b.version()))).toList();
        return new ReleaseRequested(release.target(), release.release(), release.application(), files,
                release.invariants(), release.policy());
    }
}
