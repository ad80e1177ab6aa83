package io.lockkeeper.executor.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.executor.lock.LockPolicy;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;

class PlacesIT {

    @TempDir
    Path home;

    @TempDir
    Path otherHome;

    @Test
    void targetThatWaitsAtAGateGivesItsOnlyPlaceToAnotherAndGetsItBack() {
        try (Shop shop = Shop.open(home); Shop other = Shop.open(otherHome)) {
            other.addTo(shop, "other");
            Plan waiting = Plans.of(Shop.TARGET, "r1").expand("010-one", Plans.ddl("SELECT 1"))
                    .contract("020-two", Gate.CONTRACT, Plans.ddl("CREATE TABLE public.two (id int)")).build();
            Plan passing = Plans.of("other", "r1").expand("010-one", Plans.ddl("CREATE TABLE public.one (id int)"))
                    .build();
            try (Engine engine = new Engine(shop, "engine", LockPolicy::of, BackfillPolicy.DEFAULT, 1).start()) {
                engine.claim(waiting);
                engine.await(waiting, RunState.AWAITING_CONTRACT);
                engine.claim(passing);
                await().atMost(Duration.ofSeconds(40)).until(() -> other.value("SELECT state FROM lockkeeper.run"),
                        "COMPLETED"::equals);
                assertThat(engine.run(waiting).state()).isEqualTo(RunState.AWAITING_CONTRACT);

                engine.pass(waiting, Gate.CONTRACT);
                engine.pass(waiting, Gate.WATCHED);
                engine.await(waiting, RunState.COMPLETED);
            }
            assertThat(shop.value("SELECT to_regclass('public.two') IS NOT NULL")).isEqualTo("t");
        }
    }

    @Test
    void executorsShareTargetsAndWhatOneHasNoPlaceForTheOtherDoes() throws Exception {
        try (Shop shop = Shop.open(home); Shop other = Shop.open(otherHome); Connection holder = shop.connect()) {
            other.addTo(shop, "other");
            shop.execute("CREATE TABLE orders (id int PRIMARY KEY)");
            holder.setAutoCommit(false);
            try (var statement = holder.createStatement()) {
                statement.execute("SELECT count(*) FROM orders");
            }
            Plan busy = Plans.of(Shop.TARGET, "r1")
                    .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders")
                    .build();
            Plan free = Plans.of("other", "r1").expand("010-one", Plans.ddl("CREATE TABLE public.one (id int)"))
                    .build();
            try (Engine one = new Engine(shop, "one", LockPolicy::of, BackfillPolicy.DEFAULT, 1).start();
                    Engine two = new Engine(shop, "two", LockPolicy::of, BackfillPolicy.DEFAULT, 1)) {
                one.claim(busy);
                await().atMost(Duration.ofSeconds(20)).until(
                        () -> shop.value("SELECT state FROM lockkeeper.step WHERE id = '010-column'"),
                        "WAITING_FOR_LOCK"::equals);
                two.start();
                one.claim(free);
                await().atMost(Duration.ofSeconds(40)).until(() -> other.value("SELECT state FROM lockkeeper.run"),
                        "COMPLETED"::equals);
                assertThat(other.value("SELECT executor FROM lockkeeper.target")).isEqualTo("two");
                holder.rollback();
                one.await(busy, RunState.COMPLETED);
                assertThat(shop.value("SELECT executor FROM lockkeeper.target")).isEqualTo("one");
            }
        }
    }
}
