package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Optional;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** A release that arrives while another one waits at its gate. */
class UnderWayIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final MigrationFile FIRST = file("1", "ALTER TABLE orders DROP COLUMN note");

    @TempDir
    static Path home;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @Test
    void itIsPlannedBesideItOrRefusedWithTheObjectThatBothTouch() throws Exception {
        try (TestDatabase database = TestPostgres.shared().createDatabase("underway")) {
            database.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)",
                    "CREATE TABLE items (id int PRIMARY KEY)",
                    "CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1'", LedgerSchema.DDL);
            TestTargets.add(home, "shop", database);
            Plan open = ((PlanEvent.PlanProposed) plan("r1", FIRST)).plan();
            claim(database, open);

            PlanEvent beside = plan("r2", FIRST, file("2", "ALTER TABLE items ADD COLUMN amount int"));
            assertThat(beside).isInstanceOf(PlanEvent.PlanProposed.class);
            assertThat(((PlanEvent.PlanProposed) beside).plan().files()).extracting(Plan.FileVersion::version)
                    .containsExactly("2");

            Refusal same = refused(plan("r3", FIRST, file("3", "CREATE INDEX ON orders (note)")));
            assertThat(same.code()).isEqualTo("release-under-way");
            assertThat(same.message()).contains("release r1").contains("public.orders");
            assertThat(refused(plan("r4", file("0", "ALTER TABLE items ADD COLUMN b int"))).code())
                    .isEqualTo("out-of-order");
            assertThat(refused(plan("r5", FIRST)).code()).isEqualTo("nothing-to-do");
        }
    }

    @Test
    void whatBuildsOnTheOtherReleasesObjectsTouchesThem() throws Exception {
        try (TestDatabase database = TestPostgres.shared().createDatabase("underway")) {
            database.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)",
                    "CREATE VIEW notes AS SELECT note FROM orders", LedgerSchema.DDL);
            TestTargets.add(home, "shop", database);
            claim(database, ((PlanEvent.PlanProposed) plan("r1", file("1", "DROP VIEW notes"))).plan());

            Refusal on = refused(plan("r2", file("2", "CREATE VIEW loud AS SELECT upper(note) AS note FROM notes")));
            assertThat(on.code()).isEqualTo("release-under-way");
            assertThat(on.message()).contains("public.notes");
        }
    }

    private static void claim(TestDatabase database, Plan plan) throws Exception {
        try (Connection connection = database.connect();
                PreparedStatement into = connection.prepareStatement("""
                        WITH plan AS (INSERT INTO lockkeeper.plan (hash, release, body) VALUES (?, ?, ?) RETURNING *)
                        INSERT INTO lockkeeper.run (id, target, release, plan_hash, state)
                        SELECT 'run', 'shop', release, hash, 'AWAITING_CONTRACT' FROM plan
                        """)) {
            into.setString(1, plan.hash());
            into.setString(2, plan.release());
            into.setString(3, MessageJson.mapper().writeValueAsString(plan));
            into.execute();
        }
    }

    private static PlanEvent plan(String release, MigrationFile... files) {
        Application application = new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty());
        return new Planning(TestTargets.in(VERTX, home), new Planner(GRAMMAR)).plan(new ReleaseRequested("shop",
                release, application, List.of(files), List.of(),
                new Policy("demo", null, true, true, true, List.of())), "event-" + release);
    }

    private static Refusal refused(PlanEvent event) {
        assertThat(event).isInstanceOf(PlanEvent.PlanRefused.class);
        return ((PlanEvent.PlanRefused) event).refusals().get(0);
    }

    private static MigrationFile file(String version, String sql) {
        return new MigrationFile(version, "V" + version + "__x.sql", MigrationFile.checksum(sql), sql,
                Optional.empty());
    }
}
