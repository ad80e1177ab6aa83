package io.lockkeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services.Finding;
import io.lockkeeper.cli.client.VerdictView;
import io.lockkeeper.cli.stack.Stack;
import io.lockkeeper.embedded.EmbeddedPostgres;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Verdict.Decision;

/** What is proven, and what happens when it cannot be: live data break an invariant, the server cannot stream. */
class VerdictFaultIT {

    private final Stack stack = SharedStack.get();

    @Test
    void aLiveWriteThatBreaksAnInvariantKeepsTheOldShapeUntilItIsRepaired() throws Exception {
        String target = "broken_invariant";
        try (LiveRelease release = new LiveRelease(stack, target)) {
            release.request();
            release.awaitMigrated();
            write(release, "UPDATE products SET stock = -1 WHERE id = 500");
            release.deployNewVersionAndRetireTheOld();

            VerdictView verdict = await().atMost(Duration.ofSeconds(60)).until(
                    () -> stack.clients().lastVerdict(release.run()).filter(VerdictView::broken),
                    Optional::isPresent).orElseThrow();
            assertThat(verdict.decision()).isEqualTo(Decision.NO_GO);
            assertThat(verdict.failed()).anySatisfy(item -> {
                assertThat(item.kind()).isEqualTo(EvidenceKind.INVARIANTS);
                assertThat(item.subject() + item.claim()).contains("stock-is-not-negative");
            });
            await().atMost(Duration.ofSeconds(30)).until(() -> SharedStack.WEBHOOK.firing(target));
            await().atMost(Duration.ofSeconds(30)).until(() -> release.count(
                    "SELECT count(*) FROM lockkeeper.verdict WHERE decision = 'NO_GO' AND NOT taken") > 0);
            RunView run = stack.clients().run(target, release.run()).orElseThrow();
            assertThat(run.state()).isEqualTo(RunState.AWAITING_CONTRACT);
            assertThat(release.count("""
                    SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND NOT attisdropped
                    AND attname IN ('channel', 'sales_channel', 'legacy_ref')
                    """)).as("old and new shape are both there").isEqualTo(3);
            assertThat(release.count("""
                    SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass
                    AND (attname, atttypid) = ('amount', 'integer'::regtype)
                    """)).as("the type was not swapped").isEqualTo(1);

            write(release, "UPDATE products SET stock = 100000000 WHERE id = 500");
            release.assertCompletes();
            await().atMost(Duration.ofSeconds(60)).until(() -> SharedStack.WEBHOOK.resolved(target));
        }
    }

    @Test
    void aServerThatCannotStreamIsProvenByComparingAndTheDoctorSaysWhatItCosts() throws Exception {
        String target = "cannot_stream";
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().setting("wal_level", "replica").fastUnsafe().start();
                LiveRelease release = new LiveRelease(stack, server, target, UnaryOperator.identity())) {
            List<Finding> findings = stack.clients().doctor(target);
            assertThat(findings).anySatisfy(finding -> {
                assertThat(finding.check() + finding.message()).contains("wal_level");
                assertThat(finding.status()).isNotEqualTo("ok");
                assertThat(finding.costs()).isPresent();
            });
            release.request();
            assertThat(release.plan().watch().stream()).isEmpty();
            release.finish();
        }
    }

    /** The old shape comes back for as long as the old version is there, and goes once the new one is again. */
    @Test
    @Tag("campaign")
    void anApplicationRolledBackInQuarantineFindsItsOldNamesAgain() throws Exception {
        try (LiveRelease release = new LiveRelease(stack, "rolled_back")) {
            release.request();
            release.awaitMigrated();
            release.deployNewVersionAndRetireTheOld();
            release.awaitRun("in quarantine", Duration.ofSeconds(60),
                    view -> view.state() == RunState.AWAITING_FINALIZE);
            release.report("rolledback", ShopVersion.TWO);
            release.awaitRun("lifted", Duration.ofSeconds(60), view -> view.state() == RunState.AWAITING_CONTRACT);

            release.workload().start(ShopVersion.ONE);
            long before = release.workload().tally().statements();
            await().atMost(Duration.ofSeconds(30)).until(() -> release.workload().tally().statements() > before + 1000);
            assertThat(release.workload().tally().firstFailure()).isEmpty();
            assertThat(stack.clients().run("rolled_back", release.run()).orElseThrow().state())
                    .isEqualTo(RunState.AWAITING_CONTRACT);

            release.report("deployed", ShopVersion.TWO);
            release.workload().stop(ShopVersion.ONE);
            release.report("retired", ShopVersion.ONE);
            RunView end = release.awaitRun("completed", Duration.ofSeconds(120),
                    view -> view.state().terminal() || LiveRelease.halted(view));
            assertThat(end.state()).isEqualTo(RunState.COMPLETED);
            release.workload().stopAll();
            assertThat(release.workload().tally().firstFailure()).isEmpty();
            assertThat(release.workload().tally().failures()).isZero();
        }
    }

    /** Somebody's transaction has read the hot table and holds its lock for twenty seconds. */
    @Test
    void anIdleTransactionOnTheHotTableDelaysTheReleaseAndNotTheShop() throws Exception {
        try (LiveRelease release = new LiveRelease(stack, "held_back");
                BlockedSessions blocked = new BlockedSessions(release.shop().measure())) {
            Duration control = release.workload().tally().nextWindow().took();
            try (HeldTransaction held = new HeldTransaction(
                    release.shop().applicationUrl(HeldTransaction.APPLICATION_NAME), Duration.ofSeconds(20))) {
                release.request();
                release.awaitRun("claimed", Duration.ofSeconds(30), run -> true);
                await().atMost(Duration.ofSeconds(60)).until(() -> LedgerFigures
                        .blockers(release.measure(), release.run()).contains(HeldTransaction.APPLICATION_NAME));
                assertThat(held.released()).as("it waits with its blocker named").isFalse();
                release.finish();
            }
            assertThat(blocked.broken()).isEmpty();
            assertThat(blocked.longest())
                    .isLessThanOrEqualTo(Duration.ofMillis(500).plus(BlockedSessions.INTERVAL).plus(control));
        }
    }

    private static void write(LiveRelease release, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(release.shop().applicationUrl("shop/support"));
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
