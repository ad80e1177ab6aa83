package io.lockkeeper.executor.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.gate.Receipt;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;

class ControlIT {

    private static final Plan PLAN = Plans.of(Shop.TARGET, "r1").overdueAfter(Duration.ofSeconds(1))
            .step("010-column", Phase.EXPAND, null,
                    Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), Plans.exclusive("orders"),
                    Plans.undo(Plans.exclusive("orders"), "ALTER TABLE public.orders DROP COLUMN total"))
            .contract("020-quarantine", Gate.CONTRACT,
                    Plans.ddl("ALTER TABLE public.orders RENAME COLUMN note TO note__lk"), "orders")
            .pointOfNoReturn("030-drop", Gate.FINALIZE, Plans.ddl("ALTER TABLE public.orders DROP COLUMN note__lk"),
                    "orders")
            .build();
    private static final Control.Pause PAUSE = new Control.Pause(Shop.TARGET, "r1", "ann", Optional.empty());
    private static final Control.Resume RESUME = new Control.Resume(Shop.TARGET, "r1", "ann");
    private static final Control.Abort ABORT = new Control.Abort(Shop.TARGET, "r1", "ann", Optional.empty());

    @TempDir
    Path home;

    private Shop shop;
    private Engine engine;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)");
        engine = Engine.started(shop);
        engine.claim(PLAN);
        engine.await(PLAN, RunState.AWAITING_CONTRACT);
    }

    @AfterEach
    void close() {
        engine.close();
        shop.close();
    }

    @Test
    void tenIdenticalControlsHaveOneEffectAndOneAnswer() {
        List<ControlAnswer> answers = IntStream.range(0, 10)
                .mapToObj(number -> CompletableFuture.supplyAsync(() -> engine.control("pause-1", PAUSE))).toList()
                .stream().map(CompletableFuture::join).toList();

        assertThat(answers).hasSize(10).containsOnly(answers.get(0));
        assertThat(answers.get(0).accepted()).isTrue();
        assertThat(answers.get(0).state()).isEqualTo("PAUSED");
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.outbox WHERE id LIKE '%/run/PAUSED/%'")).isEqualTo("1");
    }

    @Test
    void pausedRunTakesAVerdictButNoStep() {
        engine.control("pause-1", PAUSE);
        assertThat(engine.pass(PLAN, Gate.CONTRACT)).isInstanceOf(Receipt.Opens.class);
        await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(5))
                .until(() -> engine.run(PLAN).step("020-quarantine").attempts() == 0);

        ControlAnswer answer = engine.control("resume-1", RESUME);

        assertThat(answer.state()).isEqualTo("AWAITING_CONTRACT");
        engine.await(PLAN, RunState.AWAITING_FINALIZE);
    }

    @Test
    void abortAfterThePointOfNoReturnIsRefusedWithAReason() {
        engine.pass(PLAN, Gate.CONTRACT);
        engine.pass(PLAN, Gate.FINALIZE);
        engine.await(PLAN, RunState.WATCHING);

        ControlAnswer answer = engine.control("abort-1", ABORT);

        assertThat(answer.accepted()).isFalse();
        assertThat(answer.message()).contains("point of no return").contains("030-drop");
        assertThat(engine.control("abort-1", ABORT)).isEqualTo(answer);
        engine.pass(PLAN, Gate.WATCHED);
        engine.await(PLAN, RunState.COMPLETED);
        assertThat(engine.control("abort-2", ABORT).message()).contains("has ended");
    }

    @Test
    void abortBeforeItTakesBackAndLetsTheNextReleaseIn() {
        engine.control("abort-1", ABORT);
        engine.await(PLAN, RunState.ABORTED);

        assertThat(shop
                .value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'total'"))
                .isEqualTo("0");
        Plan next = Plans.of(Shop.TARGET, "r2").expand("010-one", Plans.ddl("SELECT 1")).build();
        engine.claim(next);
        engine.await(next, RunState.COMPLETED);
    }

    @Test
    void redeliveredGoOpensNothingTwice() {
        Verdict go = engine.go(engine.run(PLAN), Gate.CONTRACT);
        assertThat(engine.verdict("v1", go)).isInstanceOf(Receipt.Opens.class);
        engine.await(PLAN, RunState.AWAITING_FINALIZE);

        assertThat(engine.verdict("v1", go).note()).isEqualTo("received before");
        assertThat(engine.verdict("v2", go).note()).isEqualTo("the gate has passed already");

        assertThat(shop.column("SELECT gate || ' ' || state FROM lockkeeper.gate ORDER BY opened_at"))
                .containsExactly("contract PASSED", "finalize OPEN");
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.outbox WHERE id LIKE '%/gate/contract/1/passed'"))
                .isEqualTo("1");
        assertThat(shop.column("SELECT id || ' ' || taken FROM lockkeeper.verdict ORDER BY received_at"))
                .containsExactly("v1 true", "v2 false");
    }

    @Test
    void theLastWordCountsInWhateverOrderVerdictsCome() {
        Verdict go = engine.go(engine.run(PLAN), Gate.CONTRACT);

        assertThat(engine.verdict(with(go, Decision.NO_GO, 0)).note()).contains("keeps the gate closed");
        assertThat(engine.verdict(with(go, Decision.GO, -10)).note()).contains("a later NO_GO is known");
        assertThat(engine.verdict(with(go, Decision.INCONCLUSIVE, 5)).note()).contains("keeps the gate closed");
        assertThat(engine.verdict(with(go, Decision.GO, 3)).note()).contains("a later INCONCLUSIVE is known");
        assertThat(engine.run(PLAN).state()).isEqualTo(RunState.AWAITING_CONTRACT);

        assertThat(engine.verdict(with(go, Decision.GO, 10))).isInstanceOf(Receipt.Opens.class);
        engine.await(PLAN, RunState.AWAITING_FINALIZE);
    }

    @Test
    void laterNoGoHaltsTheRunAndResumeAsksForANewJudgement() {
        engine.control("pause-1", PAUSE);
        Verdict go = engine.go(engine.run(PLAN), Gate.CONTRACT);
        engine.verdict(go);
        assertThat(engine.verdict(with(go, Decision.NO_GO, 10))).isInstanceOf(Receipt.Vetoes.class);
        engine.control("resume-1", RESUME);

        assertThat(engine.await(PLAN, RunState.HALTED).reason().orElseThrow()).startsWith("no-go");
        assertThat(engine.run(PLAN).step("020-quarantine").attempts()).isZero();

        engine.control("resume-2", RESUME);
        await().atMost(Duration.ofSeconds(10)).until(() -> engine.run(PLAN).openGate().isPresent());
        assertThat(engine.run(PLAN).openGate().orElseThrow().attempt()).isEqualTo(2);
        assertThat(engine.verdict(go).note()).contains("for attempt 1");
        engine.pass(PLAN, Gate.CONTRACT);
        engine.await(PLAN, RunState.AWAITING_FINALIZE);
    }

    @Test
    void gateThatNobodyJudgesIsSaidToBeOverdueOnce() {
        await().atMost(Duration.ofSeconds(10)).until(() -> shop
                .value("SELECT count(*) FROM lockkeeper.outbox WHERE id LIKE '%/gate/contract/1/overdue'").equals("1"));
        assertThat(engine.run(PLAN).openGate()).isPresent();
    }

    @Test
    void approvalIsKeptWithWhoGaveIt() {
        engine.control("approve-1", new Control.Approve(Shop.TARGET, "r1", Gate.FINALIZE, PLAN.hash(),
                Optional.empty(), "ann", Optional.of("looked at it")));

        assertThat(shop.column("SELECT gate || ' ' || approver FROM lockkeeper.approval"))
                .containsExactly("finalize ann");
    }

    private static Verdict with(Verdict go, Decision decision, int seconds) {
        return new Verdict(go.target(), go.release(), go.run(), go.gate(), go.gateAttempt(), go.planHash(), go.marker(),
                go.observed(), decision, go.evidence(), go.evidenceHash(), go.profile(), go.at().plusSeconds(seconds),
                go.validUntil());
    }
}
