package io.lockkeeper.executor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.claim.ClaimDesk;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;

/** Releases beside one that waits at its gate. */
class BesideIT {

    @TempDir
    Path home;

    private Shop shop;
    private Engine engine;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)", "CREATE TABLE items (id int PRIMARY KEY)");
        engine = Engine.started(shop);
    }

    @AfterEach
    void close() {
        engine.close();
        shop.close();
    }

    @Test
    void releaseThatTouchesOtherObjectsRunsWhileAnotherWaitsAtItsGate() {
        Plan waits = Plans.of(Shop.TARGET, "r1").file("1")
                .expand("010-add", Plans.ddl("ALTER TABLE public.orders ADD COLUMN a int"), "orders")
                .contract("020-drop", Gate.CONTRACT, Plans.ddl("ALTER TABLE public.orders DROP COLUMN note"), "orders")
                .build();
        Plan beside = Plans.of(Shop.TARGET, "r2").file("2")
                .expand("010-add", Plans.ddl("ALTER TABLE public.items ADD COLUMN b int"), "items").build();
        engine.claim(waits);
        engine.await(waits, RunState.AWAITING_CONTRACT);

        assertThat(engine.claim(beside)).isInstanceOf(ClaimDesk.Claimed.class);
        engine.await(beside, RunState.COMPLETED);
        assertThat(engine.run(waits).state()).isEqualTo(RunState.AWAITING_CONTRACT);

        engine.pass(waits, Gate.CONTRACT);
        engine.pass(waits, Gate.WATCHED);
        engine.await(waits, RunState.COMPLETED);
        assertThat(shop.column("SELECT version FROM lockkeeper.migration ORDER BY version")).containsExactly("1", "2");
    }

    @Test
    void releaseThatTouchesTheSameObjectIsRefusedAndSaysWhich() {
        Plan waits = Plans.of(Shop.TARGET, "r1").file("1")
                .contract("010-drop", Gate.CONTRACT, Plans.ddl("ALTER TABLE public.orders DROP COLUMN note"), "orders")
                .build();
        Plan same = Plans.of(Shop.TARGET, "r2").file("2")
                .expand("010-add", Plans.ddl("ALTER TABLE public.orders ADD COLUMN b int"), "orders").build();
        Plan again = Plans.of(Shop.TARGET, "r3").file("1").build();
        engine.claim(waits);

        assertThat(engine.claim(same)).isInstanceOfSatisfying(ClaimDesk.Refused.class,
                refused -> assertThat(refused.code()).isEqualTo("run-open"));
        assertThat(engine.claim(again)).isInstanceOf(ClaimDesk.Refused.class);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(
                () -> engine.published().stream().filter(event -> event.toString().contains("run-open")).count() == 2);
        assertThat(shop.value("SELECT string_agg(value, '') FROM lockkeeper.outbox WHERE value LIKE '%run-open%'"))
                .contains("release r1 is still running on shop and has public.orders too").contains("version 1");
    }
}
