package io.lockkeeper.executor.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.control.ControlAnswer;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Verdict;

/** Messages that come twice, late, too early and in another order change nothing in the end. */
class DisorderFaultIT {

    private static final List<String> WHAT_IS_COMPARED = List.of(
            "SELECT attname || ' ' || atttypid::regtype FROM pg_attribute WHERE attrelid = 'orders'::regclass"
                    + " AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            "SELECT id || ' ' || state || ' ' || attempts FROM lockkeeper.step ORDER BY ordinal",
            "SELECT step || ' ' || number || ' ' || outcome FROM lockkeeper.attempt ORDER BY step, number",
            "SELECT gate || ' ' || attempt || ' ' || state FROM lockkeeper.gate ORDER BY gate, attempt",
            "SELECT release || ' ' || state FROM lockkeeper.run ORDER BY release",
            "SELECT version FROM lockkeeper.migration ORDER BY version",
            // Without the number of the transaction in which a run has moved.
            "SELECT regexp_replace(id, '/[0-9]+$', '') FROM lockkeeper.outbox WHERE id !~ 'PAUSED' ORDER BY 1");

    @TempDir
    Path home;

    @TempDir
    Path other;

    @Test
    void messagesInDisorderEndAsInOrder() {
        long seed = System.nanoTime();
        try (Shop ordered = shop(home); Shop disordered = shop(other)) {
            Plan plan = Plans.of(Shop.TARGET, "r1").file("1")
                    .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders")
                    .contract("020-drop", Gate.CONTRACT, Plans.ddl("ALTER TABLE public.orders DROP COLUMN note"),
                            "orders")
                    .contract("030-table", Gate.FINALIZE, Plans.ddl("CREATE TABLE public.one (id int)")).build();
            try (Engine engine = Engine.started(ordered)) {
                engine.claim(plan);
                for (Gate gate : List.of(Gate.CONTRACT, Gate.FINALIZE, Gate.WATCHED)) {
                    engine.pass(plan, gate);
                }
                engine.await(plan, RunState.COMPLETED);
            }
            try (Engine engine = Engine.started(disordered)) {
                inDisorder(engine, plan, new Random(seed));
            }
            for (String sql : WHAT_IS_COMPARED) {
                assertThat(disordered.column(sql)).as("seed %d: %s", seed, sql).isEqualTo(ordered.column(sql));
            }
        }
    }

    private static void inDisorder(Engine engine, Plan plan, Random random) {
        List<Runnable> earlier = new ArrayList<>();
        Control.Pause pause = new Control.Pause(Shop.TARGET, "r1", "ann", Optional.empty());
        Control.Resume resume = new Control.Resume(Shop.TARGET, "r1", "ann");
        assertThat(engine.control("resume-1", resume).accepted()).as("before there is a run").isFalse();
        engine.claim(plan);
        earlier.add(() -> engine.claim(plan));
        for (Gate gate : List.of(Gate.CONTRACT, Gate.FINALIZE, Gate.WATCHED)) {
            engine.awaitGate(plan, gate);
            Verdict go = engine.go(engine.run(plan), gate);
            List<Runnable> messages = new ArrayList<>(earlier);
            // For the gate as it will never be: a later attempt, another plan.
            messages.add(() -> engine.verdict(like(go, go.gateAttempt() + 1, go.planHash())));
            messages.add(() -> engine.verdict(like(go, go.gateAttempt(), "sha256:" + "0".repeat(64))));
            Runnable opens = () -> engine.verdict("go " + gate, go);
            messages.add(opens);
            messages.add(opens);
            Collections.shuffle(messages, random);
            messages.forEach(Runnable::run);
            earlier.add(opens);
            // The same judgement as another message.
            earlier.add(() -> engine.verdict(go));
        }
        engine.await(plan, RunState.COMPLETED);
        earlier.forEach(Runnable::run);
        ControlAnswer late = engine.control("pause-1", pause);
        assertThat(late.accepted()).as("a run that has ended is not paused").isFalse();
        assertThat(engine.control("pause-1", pause)).isEqualTo(late);
        assertThat(engine.control("resume-1", resume)).as("told what the first was told").satisfies(
                again -> assertThat(again.accepted()).isFalse());
    }

    private static Verdict like(Verdict go, int attempt, String planHash) {
        return new Verdict(go.target(), go.release(), go.run(), go.gate(), attempt, planHash, go.marker(),
                go.observed(), go.decision(), go.evidence(), go.evidenceHash(), go.profile(), go.at(), go.validUntil());
    }

    private static Shop shop(Path home) {
        Shop shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)");
        return shop;
    }
}
