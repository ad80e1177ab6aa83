package io.lockkeeper.planner.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Review;
import io.lockkeeper.messages.Review.Difficulty;
import io.lockkeeper.messages.Review.ReadinessQuestion;
import io.lockkeeper.messages.Review.RollbackQuestion;
import io.lockkeeper.messages.Review.StepReview;
import io.lockkeeper.messages.SessionSelector;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** What is said of a plan, held against a server where a server can answer it. */
class ReviewIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @TempDir
    static Path home;

    /** Of this database alone: others on the server are being tested too. */
    private static final String FORGET = "SELECT pg_stat_statements_reset(0,"
            + " (SELECT oid FROM pg_database WHERE datname = current_database()), 0)";

    private TestDatabase shop;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @BeforeEach
    void create() throws Exception {
        shop = TestPostgres.shared().createDatabase("reviewed");
        shop.execute("CREATE TABLE public.orders (id bigint PRIMARY KEY, status text NOT NULL, amount integer)",
                "INSERT INTO public.orders SELECT n, 'new', n FROM generate_series(1, 5000) AS n", "ANALYZE");
        TestTargets.add(home, "shop", shop);
    }

    @AfterEach
    void drop() {
        shop.close();
    }

    @Test
    void versionsMayRunUntilAGateAsksForTheirEnd() {
        Plan plan = plan("ALTER TABLE orders RENAME COLUMN status TO state;");
        Review review = plan.review().orElseThrow();
        int quarantine = indexOf(plan, Gate.CONTRACT);
        for (int i = 0; i < plan.steps().size(); i++) {
            Review.Window old = review.steps().get(i).oldVersion().orElseThrow();
            assertThat(old.before()).as("old before step %s", i).isEqualTo(i <= quarantine);
            assertThat(old.after()).as("old after step %s", i).isEqualTo(i < quarantine);
        }
        Review.Window first = review.steps().get(0).newVersion();
        assertThat(first.before()).isFalse();
        assertThat(review.steps().get(quarantine).newVersion().before()).isTrue();
        assertThat(review.steps()).anySatisfy(step -> assertThat(step.oldVersion().orElseThrow().tolerates())
                .contains("uses public.orders.status as before"));
        assertThat(review.hardest()).isEqualTo(Difficulty.FORWARD_FIX);
    }

    @Test
    void rollbackCardSaysWhatAStepTouchesAndHowHardItIsToTakeBack() {
        Plan plan = plan("CREATE INDEX orders_amount ON orders (amount);\n"
                + "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN amount;");
        StepReview index = step(plan, "create-index");
        assertThat(index.difficulty()).isEqualTo(Difficulty.MODERATE);
        assertThat(index.answers()).isEmpty();
        StepReview column = step(plan, "add-column");
        assertThat(column.difficulty()).isEqualTo(plan.step(column.step()).undo().orElseThrow().lossless()
                ? Difficulty.EASY
                : Difficulty.HARD);
        assertThat(column.answers()).extracting(Review.RollbackAnswer::question)
                .containsExactly(RollbackQuestion.DATA_SHAPE);
        StepReview drop = step(plan, "drop-column");
        assertThat(drop.difficulty()).isEqualTo(Difficulty.FORWARD_FIX);
        assertThat(drop.answers()).extracting(Review.RollbackAnswer::question).contains(RollbackQuestion.DROPS);
        assertThat(readiness(plan, ReadinessQuestion.ROLLBACK)).contains("until " + drop.step(), "forward");
    }

    @Test
    void everyReadinessQuestionHasOneAnswer() throws Exception {
        Plan plan = plan("ALTER TABLE orders ADD COLUMN note text;");
        assertThat(plan.review().orElseThrow().readiness()).extracting(Review.ReadinessAnswer::question)
                .containsExactly(ReadinessQuestion.values());
        assertThat(MessageJson.mapper().readValue(MessageJson.mapper().writeValueAsString(plan), Plan.class))
                .isEqualTo(plan);
    }

    @Test
    void consumersOfTouchedTablesAreNamed() throws Exception {
        shop.execute("CREATE TABLE public.other (id bigint PRIMARY KEY)",
                "CREATE PUBLICATION warehouse FOR TABLE public.orders",
                "CREATE PUBLICATION elsewhere FOR TABLE public.other",
                "CREATE MATERIALIZED VIEW public.totals AS SELECT count(*) FROM public.orders",
                "SELECT pg_create_logical_replication_slot('foreign_" + System.nanoTime() + "', 'pgoutput')");
        String consumers = readiness(plan("ALTER TABLE orders ADD COLUMN note text;"), ReadinessQuestion.CONSUMERS);
        assertThat(consumers).contains("publication warehouse of public.orders",
                "materialized view public.totals of public.orders", "slot foreign_").doesNotContain("elsewhere");
    }

    @Test
    void preparedStatementsThatFailOnceAreTheOnesThatAreNamed() throws Exception {
        shop.execute("CREATE EXTENSION pg_stat_statements", FORGET);
        List<String> failing = List.of("SELECT * FROM public.orders WHERE id = ?",
                "SELECT o.* FROM public.orders o WHERE o.id = ?",
                "UPDATE public.orders SET amount = 1 WHERE id = ? RETURNING *");
        List<String> healthy = List.of("SELECT id, status FROM public.orders WHERE id = ?",
                "SELECT count(*) FROM public.orders WHERE id = ?", "SELECT o FROM public.orders o WHERE id = ?",
                "UPDATE public.orders SET amount = 1 WHERE id = ? RETURNING id");
        Plan plan;
        List<Prepared> prepared = new ArrayList<>();
        try {
            for (String text : failing) {
                prepared.add(new Prepared(shop, text, true));
            }
            for (String text : healthy) {
                prepared.add(new Prepared(shop, text, false));
            }
            plan = plan("ALTER TABLE orders ADD COLUMN note text;");
            shop.execute("ALTER TABLE public.orders ADD COLUMN note text");
            for (Prepared one : prepared) {
                one.requireExpected();
            }
        } finally {
            for (Prepared one : prepared) {
                one.connection().close();
            }
        }
        assertThat(plan.review().orElseThrow().steps()).filteredOn(step -> !step.preparedStatements().isEmpty())
                .singleElement().satisfies(step -> {
                    assertThat(step.step()).contains("add-column");
                    assertThat(step.preparedStatements()).hasSize(failing.size());
                });
    }

    @Test
    void estimatesComeFromEarlierRuns() throws Exception {
        String release = "CREATE INDEX orders_amount ON orders (amount);";
        Plan assumed = plan(release);
        Step.Estimate guess = indexStep(assumed).estimate().orElseThrow();
        assertThat(guess.basis()).hasValueSatisfying(basis -> assertThat(basis).startsWith("assumed"));
        assertThat(guess.rows()).isEqualTo(5000);
        assertThat(guess.bytes()).isPositive();

        shop.execute(LedgerSchema.DDL);
        try (Connection connection = shop.connect();
                PreparedStatement insert = connection
                        .prepareStatement("INSERT INTO lockkeeper.plan (hash, release, body) VALUES (?, 'r0', ?)")) {
            insert.setString(1, assumed.hash());
            insert.setString(2, MessageJson.mapper().writeValueAsString(assumed));
            insert.execute();
        }
        String step = indexStep(assumed).id();
        shop.execute("INSERT INTO lockkeeper.run (id, target, release, plan_hash, state) VALUES ('one', 'shop', 'r0', '"
                + assumed.hash() + "', 'COMPLETED')",
                "INSERT INTO lockkeeper.step (run, id, ordinal, phase, title, kind, state, attempts) VALUES ('one', '"
                        + step + "', 1, 'expand', 't', 'create-index', 'SUCCEEDED', 1)",
                "INSERT INTO lockkeeper.attempt (run, step, number, outcome, waited_ms, executor, started_at, finished_at)"
                        + " VALUES ('one', '" + step + "', 1, 'SUCCEEDED', 3000, 'e', now() - interval '7 s', now())");
        Plan measured = plan(release);
        Step.Estimate estimate = indexStep(measured).estimate().orElseThrow();
        assertThat(estimate.duration()).contains(Duration.ofSeconds(4));
        assertThat(estimate.basis()).contains("measured: 1 earlier steps of this kind");
        assertThat(measured.hash()).as("estimates are not part of the hash").isEqualTo(assumed.hash());
        assertThat(readiness(measured, ReadinessQuestion.DURATION)).startsWith("about 4 s of work, measured");
    }

    /** Of what it was, to within a factor: in the estimate are pages that a checkpoint before the step makes whole. */
    @Test
    void estimatedWalIsWhatTheServerWrites() throws Exception {
        shop.execute("CREATE EXTENSION pg_stat_statements",
                "CREATE TABLE public.events (id bigint PRIMARY KEY, customer bigint, body text)",
                "INSERT INTO public.events SELECT n, n % 1000, repeat('x', 80) FROM generate_series(1, 50000) AS n",
                "CREATE INDEX events_customer ON public.events (customer)",
                "CREATE TABLE public.copies (id bigint PRIMARY KEY, customer bigint, body text)",
                "CREATE INDEX copies_customer ON public.copies (customer)", "ANALYZE");
        Map<String, String> statements = new LinkedHashMap<>();
        statements.put("create-index", "CREATE INDEX events_again ON public.events (customer)");
        statements.put("insert", "INSERT INTO public.copies SELECT id, customer, body FROM public.events");
        statements.put("update", "UPDATE public.events SET body = 'y' || id");
        statements.put("delete", "DELETE FROM public.events");
        for (Map.Entry<String, String> statement : statements.entrySet()) {
            Step.Estimate estimate = plan(statement.getValue() + ";").steps().stream()
                    .filter(step -> step.id().contains(statement.getKey()))
                    .flatMap(step -> step.estimate().stream()).findFirst().orElseThrow();
            shop.execute("CHECKPOINT", FORGET, statement.getValue());
            long written = walBytes(statement.getValue());
            assertThat(written).as(statement.getKey()).isBetween(estimate.walBytes().orElseThrow() / 3,
                    estimate.walBytes().orElseThrow() * 3 / 2);
        }
    }

    private long walBytes(String statement) throws SQLException {
        try (Connection connection = shop.connect();
                PreparedStatement ask = connection.prepareStatement("""
                        SELECT sum(wal_bytes)::bigint FROM pg_stat_statements
                        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                          AND split_part(query, ' ', 1) = split_part(?, ' ', 1)
                        """)) {
            ask.setString(1, statement);
            var row = ask.executeQuery();
            row.next();
            return row.getLong(1);
        }
    }

    /** Prepared on the server, on a connection of its own: the driver forgets all of one connection's when one fails. */
    private record Prepared(Connection connection, PreparedStatement statement, boolean fails) {

        Prepared(TestDatabase database, String text, boolean fails) throws SQLException {
            this(prepare(database.connect(), text), fails);
        }

        private Prepared(PreparedStatement statement, boolean fails) throws SQLException {
            this(statement.getConnection(), statement, fails);
        }

        private static PreparedStatement prepare(Connection connection, String text) throws SQLException {
            connection.unwrap(PGConnection.class).setPrepareThreshold(1);
            connection.setAutoCommit(false); // outside of a transaction the driver heals it, and nobody would see it
            PreparedStatement statement = connection.prepareStatement(text);
            statement.setLong(1, 7);
            statement.execute();
            statement.execute();
            connection.commit();
            return statement;
        }

        void requireExpected() throws SQLException {
            if (fails) {
                assertThatExceptionOfType(SQLException.class).as(statement.toString()).isThrownBy(statement::execute)
                        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
            } else {
                statement.execute();
            }
            connection.rollback();
        }
    }

    private static Step indexStep(Plan plan) {
        return plan.steps().stream().filter(step -> step.id().contains("create-index")).findFirst().orElseThrow();
    }

    private static int indexOf(Plan plan, Gate gate) {
        for (int i = 0; i < plan.steps().size(); i++) {
            if (plan.steps().get(i).gate().equals(Optional.of(gate))) {
                return i;
            }
        }
        throw new AssertionError("no step waits for " + gate);
    }

    private static StepReview step(Plan plan, String part) {
        return plan.review().orElseThrow().steps().stream().filter(step -> step.step().contains(part)).reduce(
                (first, last) -> last).orElseThrow();
    }

    private static String readiness(Plan plan, ReadinessQuestion question) {
        return plan.review().orElseThrow().readiness().stream().filter(answer -> answer.question() == question)
                .findFirst().orElseThrow().answer();
    }

    private static Plan plan(String sql) {
        Application application = new Application("shop", Optional.of("1"), "2",
                Optional.of(new SessionSelector(SessionSelector.By.APPLICATION_NAME, "shop/1")), Optional.empty());
        MigrationFile file = new MigrationFile("1", "V1__x.sql", MigrationFile.checksum(sql), sql, Optional.empty());
        PlanEvent event = new Planning(TestTargets.in(VERTX, home), new Planner(GRAMMAR)).plan(
                new ReleaseRequested("shop", "r1", application, List.of(file), List.of(),
                        new Policy("demo", null, false, false, false, List.of())),
                "event");
        return ((PlanEvent.PlanProposed) event).plan();
    }
}
