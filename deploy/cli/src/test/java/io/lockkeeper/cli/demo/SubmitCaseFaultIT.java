package io.lockkeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.lockkeeper.cli.RunText;
import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.cli.client.VerdictView;
import io.lockkeeper.cli.manifest.ReleaseDirectory;
import io.lockkeeper.cli.stack.Stack;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.RunState;

/** The sample submit_case, run by the whole stack under callers of both versions: no call fails at any point. */
class SubmitCaseFaultIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String OLD_ROUTINE = "app.submit_case(jsonb)";

    private final Stack stack = SharedStack.get();
    private final List<CaseCaller> callers = new ArrayList<>();
    private CaseDatabase database;
    private ReleaseRequested release;
    private String run;

    @AfterEach
    void stop() {
        callers.forEach(CaseCaller::close);
    }

    @Test
    void forgottenCallerKeepsTheOldRoutineUntilItLeavesThenItIsDroppedAndARevertBringsItBack() throws Exception {
        List<String> before = begin("cases_forgotten");
        CaseCaller old = call("cases/1", CaseCaller.OLD);
        CaseCaller forgotten = call("reports", CaseCaller.OLD);
        request();
        routeToVersionTwo(old);

        awaitVerdict(verdict -> verdict.gate() == Gate.CONTRACT && verdict.evidence().stream()
                .anyMatch(item -> item.kind() == EvidenceKind.CALLERS && item.measure().contains(OLD_ROUTINE)));
        // Longer than the soak: each further call begins it anew.
        await().during(Duration.ofSeconds(8)).atMost(PATIENCE)
                .until(() -> view().state() == RunState.AWAITING_CONTRACT);
        assertThat(database.routines()).anyMatch(line -> line.startsWith(OLD_ROUTINE));

        forgotten.close();
        awaitRun("completed", view -> view.state().terminal());
        assertThat(view().state()).as(RunText.headline(view())).isEqualTo(RunState.COMPLETED);
        assertThat(database.routines()).filteredOn(line -> line.startsWith("app.")).singleElement().asString()
                .startsWith("app.submit_case_v2(jsonb,text)").contains(" app_fn_owner ")
                .contains("case_app=X/app_fn_owner").doesNotContain("{=X/").doesNotContain(",=X/");
        assertNoCallFailed();

        stack.clients().control("revert", new Control.Revert(release.target(), release.release(), "ada",
                Optional.of("the test reverts it"), false), Optional.empty());
        awaitRun("reverted", view -> view.state() == RunState.REVERTED);
        assertThat(database.routines()).isEqualTo(before);
    }

    @Test
    void takenBackBeforeTheContractPhaseItIsAsBefore() throws Exception {
        List<String> before = begin("cases_back_early");
        call("cases/1", CaseCaller.OLD);
        request();
        awaitRun("migrated", view -> view.milestones().contains("migrated"));
        assertThat(database.routines()).hasSizeGreaterThan(before.size());

        takeBack();

        assertThat(database.routines()).isEqualTo(before);
        assertNoCallFailed();
    }

    @Test
    void takenBackFromQuarantineItIsAsBefore() throws Exception {
        List<String> before = begin("cases_back_quarantine");
        routeToVersionTwo(requested());
        awaitRun("quarantine", view -> view.openGate().filter(gate -> gate.gate() == Gate.FINALIZE).isPresent());
        assertThat(database.routines()).anyMatch(line -> line.startsWith("app.submit_case__lk_"))
                .noneMatch(line -> line.startsWith(OLD_ROUTINE));
        callers.forEach(CaseCaller::close);

        takeBack();

        assertThat(database.routines()).isEqualTo(before);
        assertNoCallFailed();
    }

    /** A routine holds no rows: even the drop can be taken back while the run is watched. */
    @Test
    void takenBackAfterTheDropItIsAsBefore() throws Exception {
        List<String> before = begin("cases_back_drop");
        routeToVersionTwo(requested());
        awaitRun("dropped", view -> view.openGate().filter(gate -> gate.gate() == Gate.WATCHED).isPresent());
        assertThat(database.routines()).noneMatch(line -> line.startsWith("app.submit_case__lk_"))
                .noneMatch(line -> line.startsWith(OLD_ROUTINE));
        callers.forEach(CaseCaller::close);

        takeBack();

        assertThat(database.routines()).isEqualTo(before);
        assertNoCallFailed();
    }

    private List<String> begin(String target) throws Exception {
        database = CaseDatabase.create(SharedStack.INSTALLATION, stack.home(), stack.postgres(), target);
        release = ReleaseDirectory.read(CaseDatabase.release(SharedStack.INSTALLATION), Optional.of(target),
                Optional.of("release-of-" + target));
        return database.routines();
    }

    private CaseCaller call(String application, String sql) {
        CaseCaller caller = new CaseCaller(database.applicationUrl(application), application, sql);
        callers.add(caller);
        await().atMost(PATIENCE).until(() -> caller.calls() > 50);
        return caller;
    }

    private CaseCaller requested() {
        CaseCaller old = call("cases/1", CaseCaller.OLD);
        request();
        return old;
    }

    private void request() {
        String event = stack.clients().release(release, Optional.empty());
        run = Services.runOf(release.target(), event);
    }

    private void routeToVersionTwo(CaseCaller old) {
        awaitRun("migrated", view -> view.milestones().contains("migrated"));
        call("cases/2", CaseCaller.NEW);
        report("deployed", "2");
        old.close();
        report("retired", "1");
    }

    private void report(String happening, String version) {
        stack.clients().version(happening, release.target(), release.release(), "cases", version);
    }

    private void takeBack() {
        stack.clients().control("abort", new Control.Abort(release.target(), release.release(), "ada",
                Optional.of("the test takes it back")), Optional.empty());
        awaitRun("taken back", view -> view.state().terminal());
        assertThat(view().state()).as(RunText.headline(view())).isEqualTo(RunState.ABORTED);
    }

    private void awaitVerdict(Predicate<VerdictView> wanted) {
        await().atMost(PATIENCE).until(() -> stack.clients().lastVerdict(run).filter(wanted).isPresent());
    }

    private void awaitRun(String what, Predicate<RunView> wanted) {
        await(what).atMost(PATIENCE).until(() -> stack.clients().run(release.target(), run).filter(wanted).isPresent());
    }

    private RunView view() {
        return stack.clients().run(release.target(), run).orElseThrow();
    }

    private void assertNoCallFailed() {
        callers.forEach(CaseCaller::close);
        assertThat(callers).allSatisfy(caller -> {
            assertThat(caller.calls()).isPositive();
            assertThat(caller.firstFailure()).isEmpty();
            assertThat(caller.failures()).isZero();
        });
    }
}
