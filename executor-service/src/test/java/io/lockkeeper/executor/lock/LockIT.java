package io.lockkeeper.executor.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.target.Session;
import io.lockkeeper.testbed.TestPostgres;

class LockIT {

    private static final Plan ADD_COLUMN = Plans.of(Shop.TARGET, "r1")
            .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders").build();

    private static final String READ = "SELECT id, note FROM orders WHERE id = 1";

    @TempDir
    Path home;

    private Shop shop;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "CREATE TABLE customers (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1, 'a')");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void holderIsNamedAndNobodyQueuesBehindUsWhileItHolds() throws Exception {
        try (Engine engine = Engine.started(shop);
                Connection holder = shop.connect();
                Busy reader = new Busy(READ, 1)) {
            hold(holder, "SET application_name = 'reporting'", "SELECT count(*) FROM orders");

            engine.claim(ADD_COLUMN);
            await().atMost(Duration.ofSeconds(15)).until(
                    () -> shop.value("SELECT state FROM lockkeeper.step WHERE id = '010-column'"),
                    "WAITING_FOR_LOCK"::equals);
            assertThat(shop.value("SELECT blockers #>> '{0,application}' FROM lockkeeper.attempt"))
                    .isEqualTo("reporting");
            assertThat(shop.value("SELECT blockers #>> '{0,state}' FROM lockkeeper.attempt"))
                    .isEqualTo("idle in transaction");
            reader.runs(200);

            holder.rollback();
            engine.await(ADD_COLUMN, RunState.COMPLETED);
            assertThat(shop.column("SELECT value::jsonb #>> '{blockers,0,application}' FROM lockkeeper.outbox"
                    + " WHERE id LIKE '%/lock/%'")).contains("reporting");
            assertThat(reader.longest()).isLessThan(ADD_COLUMN.policy().lockBudget().plusMillis(500));
        }
    }

    @Test
    void twoBusyTablesAreLockedTogetherWithinTheBudget() throws Exception {
        shop.execute("ALTER TABLE orders ADD COLUMN customer int",
                "INSERT INTO customers SELECT g FROM generate_series(1, 1000) g",
                "INSERT INTO orders SELECT g, 'x', g FROM generate_series(2, 1000) g");
        Plan plan = Plans.of(Shop.TARGET, "r1").step("010-key", Phase.EXPAND, null, Plans.ddl(
                "ALTER TABLE public.orders ADD CONSTRAINT of FOREIGN KEY (customer) REFERENCES public.customers NOT VALID"),
                List.of(new LockClaim(Plans.table("orders"), LockMode.SHARE_ROW_EXCLUSIVE),
                        new LockClaim(Plans.table("customers"), LockMode.SHARE_ROW_EXCLUSIVE)),
                Optional.empty()).build();
        try (Busy orders = new Busy("UPDATE orders SET note = note WHERE id = 1 + floor(random() * 900)::int", 3);
                Busy customers = new Busy("UPDATE customers SET id = id WHERE id = 1 + floor(random() * 900)::int", 3);
                Engine engine = Engine.started(shop)) {
            orders.runs(200);
            customers.runs(200);
            Duration control = longer(orders.longestSoFar(), customers.longestSoFar());
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);

            assertThat(longer(orders.longest(), customers.longest()))
                    .isLessThan(plan.policy().lockBudget().plus(control).plusMillis(300));
        }
        // Victims as the server saw them: sampled every 20 ms.
        assertThat(shop.column("SELECT max(substring(victim ->> 'waited' FROM 'PT([0-9.]+)S')::numeric) > 0.6"
                + " FROM lockkeeper.attempt, jsonb_array_elements(victims) victim")).containsAnyOf("f", null);
    }

    /** Without pg_read_all_stats nobody can be seen beforehand: the ladder alone must keep the promise. */
    @Test
    void blindExecutorClimbsTheLadderAndCountsItsVictims() throws Exception {
        shop.blindMigrator("orders");
        LockPolicy policy = new LockPolicy(List.of(Duration.ofMillis(50), Duration.ofMillis(300)),
                Duration.ofSeconds(5), 30, Duration.ofMinutes(1), Duration.ofMillis(100), Duration.ofMillis(300),
                Duration.ofMinutes(1), BlockerPolicy.NOBODY);
        try (Connection holder = shop.connect();
                Busy reader = new Busy(READ, 1);
                Engine engine = new Engine(shop, "engine", any -> policy, BackfillPolicy.DEFAULT).start()) {
            hold(holder, "SELECT count(*) FROM orders");

            engine.claim(ADD_COLUMN);
            await().atMost(Duration.ofSeconds(20)).until(
                    () -> shop.column("SELECT number FROM lockkeeper.attempt WHERE outcome = 'LOCK_TIMEOUT'")
                            .size() >= 3);
            holder.rollback();
            engine.await(ADD_COLUMN, RunState.COMPLETED);

            assertThat(shop.column("SELECT sqlstate FROM lockkeeper.attempt WHERE outcome = 'LOCK_TIMEOUT'"))
                    .containsOnly("55P03");
            assertThat(shop.value("SELECT count(*) FROM lockkeeper.attempt WHERE victims <> '[]'")).isNotEqualTo("0");
            assertThat(shop.value("SELECT count(*) FROM lockkeeper.attempt WHERE blockers <> '[]'")).isNotEqualTo("0");
            // The longest rung, and a machine that is shared with others.
            assertThat(reader.longest()).isLessThan(Duration.ofMillis(300 + 500));
        }
    }

    @Test
    void withoutItsLockTheStepFailsClosed() throws Exception {
        LockPolicy policy = new LockPolicy(List.of(Duration.ofMillis(50)), Duration.ofSeconds(5), 3,
                Duration.ofSeconds(2), Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMinutes(1),
                BlockerPolicy.NOBODY);
        try (Connection holder = shop.connect();
                Engine engine = new Engine(shop, "engine", any -> policy, BackfillPolicy.DEFAULT).start()) {
            hold(holder, "SET application_name = 'reporting'", "LOCK TABLE orders IN ROW EXCLUSIVE MODE");

            engine.claim(ADD_COLUMN);
            var run = engine.await(ADD_COLUMN, RunState.HALTED);

            assertThat(run.step("010-column").failure().orElseThrow().code()).isEqualTo("step-exhausted");
            assertThat(run.reason().orElseThrow()).contains("reporting");
            holder.rollback();
            engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
            engine.await(ADD_COLUMN, RunState.COMPLETED);
        }
    }

    @Test
    void preparedTransactionIsSeen() throws Exception {
        try (TestPostgres server = TestPostgres.launch(Map.of("max_prepared_transactions", "5"));
                Shop own = Shop.open(server, home);
                Engine engine = Engine.named(own, "engine");
                Session session = engine.session("test");
                Connection holder = own.connect();
                Statement statement = holder.createStatement()) {
            statement.execute("CREATE TABLE orders (id int PRIMARY KEY)");
            statement.execute("BEGIN");
            statement.execute("LOCK TABLE orders IN ROW EXCLUSIVE MODE");
            statement.execute("PREPARE TRANSACTION 'settlement'");
            List<Holder> holders = new Lookout(session).holders(
                    List.of(new LockClaim(Plans.table("orders"), LockMode.SHARE)), Duration.ZERO);

            assertThat(holders).extracting(Holder::kind).containsExactly(Holder.Kind.PREPARED_TRANSACTION);
            assertThat(holders.get(0).blocker().application()).isEqualTo("prepared transaction settlement");
            statement.execute("ROLLBACK PREPARED 'settlement'");
        }
    }

    @Test
    void modeThatDoesNotConflictIsNoReasonToWait() throws Exception {
        try (Engine engine = Engine.named(shop, "engine");
                Session session = engine.session("test");
                Connection holder = shop.connect()) {
            hold(holder, "SELECT count(*) FROM orders");

            assertThat(new Lookout(session).holders(
                    List.of(new LockClaim(Plans.table("orders"), LockMode.SHARE_ROW_EXCLUSIVE)), Duration.ZERO))
                    .isEmpty();
            assertThat(new Lookout(session).holders(Plans.exclusive("orders"), Duration.ZERO)).hasSize(1);
            assertThat(new Lookout(session).holders(Plans.exclusive("orders"), Duration.ofMinutes(1))).isEmpty();
        }
    }

    @Test
    void budgetOfTheReleaseIsTheLongestRung() {
        assertThat(LockPolicy.of(new Policy("demo", Duration.ofMillis(80), false, false, false, List.of())).rung(30))
                .isEqualTo(Duration.ofMillis(80));
    }

    private static void hold(Connection connection, String... statements) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** An application that runs a statement all the time, on some connections, and remembers its longest stall. */
    private final class Busy implements AutoCloseable {

        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicLong longest = new AtomicLong();
        private final AtomicInteger count = new AtomicInteger();
        private final List<CompletableFuture<Void>> sessions = new ArrayList<>();

        Busy(String sql, int connections) {
            for (int number = 0; number < connections; number++) {
                sessions.add(
                        CompletableFuture.runAsync(() -> run(sql), task -> new Thread(task, "application").start()));
            }
        }

        private void run(String sql) {
            try (Connection connection = shop.connect(); Statement statement = connection.createStatement()) {
                while (!stop.get()) {
                    long start = System.nanoTime();
                    statement.execute(sql);
                    longest.accumulateAndGet(System.nanoTime() - start, Math::max);
                    count.incrementAndGet();
                }
            } catch (SQLException e) {
                throw new IllegalStateException("the application failed", e);
            }
        }

        void runs(int more) {
            int target = count.get() + more;
            await().atMost(Duration.ofSeconds(20)).until(() -> count.get() >= target);
        }

        Duration longestSoFar() {
            return Duration.ofNanos(longest.get());
        }

        Duration longest() {
            stop.set(true);
            sessions.forEach(CompletableFuture::join);
            return longestSoFar();
        }

        @Override
        public void close() {
            stop.set(true);
        }
    }
}
