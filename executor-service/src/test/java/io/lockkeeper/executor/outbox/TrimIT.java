package io.lockkeeper.executor.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.postgres.Outbox;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.target.Session;

class TrimIT {

    @TempDir
    Path home;

    private Shop shop;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY)");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void whatAnOpenRunHasSaidStaysAndWhatIsNotPublishedStaysAnyway() {
        Plan plan = Plans.of(Shop.TARGET, "r1")
                .expand("010-add", Plans.ddl("ALTER TABLE public.orders ADD COLUMN note text"), "orders")
                .contract("020-drop", Gate.CONTRACT, Plans.ddl("ALTER TABLE public.orders DROP COLUMN note"), "orders")
                .build();
        try (Engine engine = Engine.started(shop)) {
            engine.claim(plan);
            engine.await(plan, RunState.AWAITING_CONTRACT);
            awaitPublished();
            String said = shop.value("SELECT count(*) FROM lockkeeper.outbox");
            shop.execute("INSERT INTO lockkeeper.outbox (id, topic, key, headers, value, published_at) VALUES ('"
                    + Engine.runOf(plan) + "/progress/010-add/1', 'outcomes', 'shop', '{}', '{}', now())");
            trim(engine, Duration.ZERO);
            assertThat(shop.value("SELECT count(*) FROM lockkeeper.outbox")).isEqualTo(said);

            engine.pass(plan, Gate.CONTRACT);
            engine.pass(plan, Gate.WATCHED);
            engine.await(plan, RunState.COMPLETED);
            awaitPublished();
            shop.execute("INSERT INTO lockkeeper.outbox (id, topic, key, headers, value) VALUES ('"
                    + Engine.runOf(plan) + "/waits', 'nowhere', 'shop', '{}', '{}')",
                    "UPDATE lockkeeper.outbox SET published_at = NULL WHERE topic = 'nowhere'");
            trim(engine, Duration.ofDays(1));
            assertThat(Integer.parseInt(shop.value("SELECT count(*) FROM lockkeeper.outbox"))).isGreaterThan(5);
        }
        try (Engine idle = Engine.named(shop, "idle")) {
            shop.execute("UPDATE lockkeeper.outbox SET published_at = NULL WHERE topic = 'nowhere'");
            trim(idle, Duration.ZERO);
            assertThat(shop.column("SELECT topic FROM lockkeeper.outbox")).containsExactly("nowhere");
        }
    }

    private void awaitPublished() {
        await().atMost(Duration.ofSeconds(20)).until(
                () -> shop.value("SELECT count(*) FROM lockkeeper.outbox WHERE published_at IS NULL").equals("0"));
    }

    private static void trim(Engine engine, Duration keep) {
        try (Session session = engine.session("test")) {
            new Outbox().trim(session, keep);
        }
    }
}
