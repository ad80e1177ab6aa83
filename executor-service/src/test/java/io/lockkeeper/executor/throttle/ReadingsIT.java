package io.lockkeeper.executor.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.target.Session;

class ReadingsIT {

    @TempDir
    Path home;

    private Shop shop;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void aMigratorWithTheRightsOfRolesSqlReadsEverySignalButProcessors() {
        shop.blindMigrator("orders");
        shop.execute("GRANT pg_read_all_stats TO blind_" + shop.value("SELECT current_database()"));
        try (Engine engine = Engine.named(shop, "engine"); Session session = engine.session("watch")) {
            Readings readings = take(session, List.of());

            assertThat(readings.values().keySet()).containsExactlyInAnyOrder(Signal.REPLICA_LAG, Signal.SLOT_WAL,
                    Signal.ARCHIVE_BACKLOG, Signal.AUTOVACUUM, Signal.VICTIMS);
            assertThat(readings.others()).isPresent();
        }
    }

    @Test
    void whatIsHiddenFromABlindMigratorIsAbsent() throws SQLException {
        shop.blindMigrator("orders");
        try (Connection other = shop.connect();
                Engine engine = Engine.named(shop, "engine");
                Session session = engine.session("watch")) {
            assertThat(other.isValid(1)).isTrue();
            assertThat(take(session, List.of()).others()).isEmpty();
        }
    }

    @Test
    void whoWaitsForOneOfOursIsAVictimForAsLongAsItWaits() throws Exception {
        try (Connection application = shop.connect();
                Engine engine = Engine.named(shop, "engine");
                Session watch = engine.session("watch");
                Session work = engine.session("work-0")) {
            work.execute("BEGIN; SELECT FROM public.orders FOR UPDATE");
            var waiting = CompletableFuture.runAsync(() -> update(application));
            await().atMost(Duration.ofSeconds(10)).untilAsserted(
                    () -> assertThat(take(watch, List.of(work.backendPid())).values().get(Signal.VICTIMS))
                            .isGreaterThan(0.5));
            assertThat(take(watch, List.of()).values().get(Signal.VICTIMS)).isZero();
            work.execute("COMMIT");
            waiting.join();
        }
    }

    @Test
    void aSlotThatRetainsWalIsSeen() {
        shop.execute("SELECT pg_create_physical_replication_slot('retains', true)");
        try (Engine engine = Engine.named(shop, "engine"); Session session = engine.session("watch")) {
            double before = take(session, List.of()).values().get(Signal.SLOT_WAL);
            shop.execute("INSERT INTO orders SELECT generate_series(2, 100000)");

            assertThat(take(session, List.of()).values().get(Signal.SLOT_WAL)).isGreaterThan(before);
        } finally {
            shop.execute("SELECT pg_drop_replication_slot('retains')");
        }
    }

    private static Readings take(Session session, List<Integer> ours) {
        return Readings.take(session, Plans.table("orders"), ours, 0, Hooks.NONE);
    }

    private static void update(Connection connection) {
        try (var statement = connection.createStatement()) {
            statement.execute("UPDATE orders SET id = id");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
