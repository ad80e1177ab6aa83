package io.lockkeeper.executor.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.target.Role;

/** Sessions of others that hold what a step needs are ended only where it was said whose, and how. */
class BlockersIT {

    private static final Plan ADD_COLUMN = Plans.of(Shop.TARGET, "r1")
            .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders").build();
    private static final String ENDED = "SELECT (e ->> 'how') || ' ' || (e #>> '{blocker,application}')"
            + " FROM lockkeeper.attempt, jsonb_array_elements(ended) e";

    @TempDir
    Path home;

    private Shop shop;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void onlySessionsOfWhomItIsAllowedAreEndedAndThatIsKept() throws Exception {
        try (Connection allowed = shop.connect();
                Connection other = shop.connect();
                Engine engine = ending(BlockerPolicy.End.TERMINATE).start()) {
            hold(allowed, "SET application_name = 'reporting'", "SELECT count(*) FROM orders");
            hold(other, "SET application_name = 'shop/1'", "SELECT count(*) FROM orders");

            engine.claim(ADD_COLUMN);
            await().atMost(Duration.ofSeconds(15)).until(() -> shop.value("SELECT count(*) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND application_name = 'reporting'"), "0"::equals);
            await().atMost(Duration.ofSeconds(15)).until(
                    () -> shop.value("SELECT blockers #>> '{0,application}' FROM lockkeeper.attempt"),
                    "shop/1"::equals);
            other.rollback(); // was not ended

            engine.await(ADD_COLUMN, RunState.COMPLETED);
        }
        assertThat(shop.column(ENDED)).containsExactly("terminate reporting");
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.history WHERE entity = 'attempt'"
                + " AND content::jsonb #>> '{ended,0,how}' = 'terminate'")).isNotEqualTo("0");
    }

    @Test
    void statementThatIsCancelledGivesItsLocksBackAndItsSessionLives() throws Exception {
        try (Connection holder = shop.connect();
                Statement statement = holder.createStatement();
                Engine engine = ending(BlockerPolicy.End.CANCEL)) {
            hold(holder, "SET application_name = 'reporting'", "SELECT count(*) FROM orders");
            CompletableFuture<Boolean> running = CompletableFuture.supplyAsync(() -> {
                try {
                    return statement.execute("SELECT pg_sleep(60)");
                } catch (SQLException e) {
                    throw new IllegalStateException(e.getSQLState(), e);
                }
            });
            await().atMost(Duration.ofSeconds(15)).until(() -> shop.value("SELECT count(*) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND wait_event = 'PgSleep'"), "1"::equals);
            engine.start().claim(ADD_COLUMN);
            engine.await(ADD_COLUMN, RunState.COMPLETED);

            assertThatThrownBy(running::join).hasMessageContaining("57014");
            holder.rollback();
            assertThat(statement.execute("SELECT 1")).as("its session lives").isTrue();
        }
        assertThat(shop.column(ENDED)).containsExactly("cancel reporting");
    }

    @Test
    void whereTheMigratorMayNotEndItThatIsKeptAndTheStepWaits() throws Exception {
        shop.blindMigrator("orders");
        shop.execute("GRANT pg_read_all_stats TO " + shop.target().credential(Role.MIGRATOR).user());
        try (Connection holder = shop.connect(); Engine engine = ending(BlockerPolicy.End.TERMINATE).start()) {
            hold(holder, "SET application_name = 'reporting'", "SELECT count(*) FROM orders");
            engine.claim(ADD_COLUMN);
            await().atMost(Duration.ofSeconds(15)).until(() -> shop.column(ENDED).size() == 2);
            assertThat(shop.column(ENDED)).containsExactly("terminate reporting", "refused reporting");

            holder.rollback();
            engine.await(ADD_COLUMN, RunState.COMPLETED);
        }
        assertThat(shop.column(ENDED)).hasSize(2);
    }

    private Engine ending(BlockerPolicy.End how) {
        BlockerPolicy reporting = new BlockerPolicy(how, Set.of("reporting"), Set.of(), Duration.ZERO);
        return new Engine(shop, "engine", policy -> LockPolicy.of(policy).ending(reporting), BackfillPolicy.DEFAULT);
    }

    private static void hold(Connection connection, String... statements) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
