package io.lockkeeper.executor.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.claim.ClaimDesk;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;

class RunIT {

    @TempDir
    Path home;

    private Shop shop;
    private Engine engine;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT g, 'n' || g FROM generate_series(1, 100) g");
        engine = Engine.started(shop);
    }

    @AfterEach
    void close() {
        engine.close();
        shop.close();
    }

    @Test
    void planRunsFromClaimThroughItsGatesToItsConclusion() {
        Plan plan = Plans.of(Shop.TARGET, "r1").file("7")
                .step("010-column", Phase.EXPAND, Gate.ARMED,
                        Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"),
                        Plans.exclusive("orders"),
                        Plans.undo(Plans.exclusive("orders"), "ALTER TABLE public.orders DROP COLUMN total"))
                .step("020-index", Phase.MIGRATE, null,
                        new Action.CreateIndex(Plans.table("orders"), Plans.table("orders_total_idx"),
                                "CREATE INDEX CONCURRENTLY orders_total_idx ON public.orders (total)"),
                        Plans.shareUpdate("orders"), java.util.Optional.empty())
                .contract("030-quarantine", Gate.CONTRACT,
                        Plans.ddl("ALTER TABLE public.orders RENAME COLUMN note TO note__lk"), "orders")
                .pointOfNoReturn("040-drop", Gate.FINALIZE,
                        Plans.ddl("ALTER TABLE public.orders DROP COLUMN note__lk"), "orders")
                .build();

        assertThat(engine.claim(plan)).isEqualTo(new ClaimDesk.Claimed(Engine.runOf(plan)));
        for (Gate gate : List.of(Gate.ARMED, Gate.CONTRACT, Gate.FINALIZE, Gate.WATCHED)) {
            engine.pass(plan, gate);
        }
        engine.await(plan, RunState.COMPLETED);

        assertThat(shop.column("SELECT attname FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0"
                + " AND NOT attisdropped ORDER BY attnum")).containsExactly("id", "total");
        assertThat(shop.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_total_idx'::regclass"))
                .isEqualTo("t");
        assertThat(shop.column("SELECT version FROM lockkeeper.migration")).containsExactly("7");
        assertThat(shop.column("SELECT state FROM lockkeeper.step ORDER BY ordinal")).containsOnly("SUCCEEDED");
        assertThat(shop.column("SELECT id FROM lockkeeper.outbox WHERE id LIKE '%/milestone/%' ORDER BY sequence"))
                .extracting(id -> id.substring(id.lastIndexOf('/') + 1))
                .containsExactly("expanded", "migrated", "completed");
        assertThat(shop.column("SELECT regexp_replace(id, '^[^/]*/|/[0-9]+$', '', 'g') FROM lockkeeper.outbox"
                + " WHERE id LIKE '%/run/EXPANDING/%' OR id LIKE '%/step/010-column/%' ORDER BY sequence"))
                .containsExactly("run/EXPANDING", "step/010-column/1/SUCCEEDED");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> shop.value("SELECT count(*) FROM lockkeeper.outbox WHERE published_at IS NULL")
                        .equals("0"));
        assertThat(engine.published()).extracting(event -> event.headers().get("ce_id"))
                .containsExactlyElementsOf(shop.column("SELECT id FROM lockkeeper.outbox ORDER BY sequence"));
    }
}
