package io.lockkeeper.planner.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** What the role under which steps run may not do is known before the first step, and not by its failure. */
class ActorIT {

    private static final String DENIED = "42501";
    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @TempDir
    static Path home;

    private TestDatabase shop;
    private String owner;
    private String stranger;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @BeforeEach
    void create() throws Exception {
        shop = TestPostgres.shared().createDatabase("owned");
        owner = shop.name() + "_owner";
        stranger = shop.name() + "_stranger";
        shop.execute("CREATE ROLE " + owner, "CREATE ROLE " + stranger, "GRANT ALL ON SCHEMA public TO " + owner,
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "CREATE TABLE goods (id bigint PRIMARY KEY)", "ALTER TABLE orders OWNER TO " + owner,
                "ALTER TABLE goods OWNER TO " + stranger, "GRANT ALL ON goods TO " + owner);
        TestTargets.add(home, "shop", shop, "ownerRole: " + owner);
    }

    @AfterEach
    void drop() throws Exception {
        shop.execute("DROP OWNED BY " + owner + ", " + stranger, "DROP ROLE " + owner + ", " + stranger);
        shop.close();
    }

    @Test
    void ownerThatMayNotPublishGetsAPlanWithoutStream() throws Exception {
        denied("CREATE PUBLICATION p FOR TABLE orders");
        Plan polled = planned("ALTER TABLE orders ADD COLUMN mark text;");
        assertThat(polled.watch().stream()).isEmpty();
        assertThat(polled.notes()).anyMatch(note -> note.startsWith("without a stream, because " + owner
                + " may not create a publication") && note.contains("GRANT CREATE ON DATABASE"));

        shop.execute("GRANT CREATE ON DATABASE " + shop.name() + " TO " + owner);
        assertThat(planned("ALTER TABLE orders ADD COLUMN mark text;").watch().stream()).isPresent();
    }

    @Test
    void tableOfAnotherIsRefusedBeforeItsStepFails() throws Exception {
        denied("ALTER TABLE goods ADD COLUMN price numeric");
        Refusal refusal = refused("ALTER TABLE orders ADD COLUMN mark text; ALTER TABLE goods ADD price numeric;");
        assertThat(refusal.code()).isEqualTo("not-owner");
        assertThat(refusal.message()).contains("public.goods belongs to " + stranger, "run as " + owner);

        shop.execute("GRANT " + stranger + " TO " + owner);
        assertThat(planned("ALTER TABLE goods ADD price numeric;").files()).hasSize(1);
    }

    @Test
    void tableOfAnotherMayBeReferencedAndIsNotPublished() throws Exception {
        shop.execute("GRANT CREATE ON DATABASE " + shop.name() + " TO " + owner);
        denied("CREATE PUBLICATION p FOR TABLE orders, goods");
        Plan plan = planned("ALTER TABLE orders ADD COLUMN goods_id bigint REFERENCES goods (id);");
        assertThat(plan.watch().relations()).filteredOn(Watch.WatchedRelation::published)
                .extracting(relation -> relation.relation().name()).containsExactly("orders");
        assertThat(plan.notes()).anyMatch(note -> note.startsWith("public.goods belongs to another role"));
    }

    @Test
    void ownerRoleThatDoesNotExistIsTold() throws Exception {
        TestTargets.add(home, "shop", shop, "ownerRole: nobody_at_all");
        assertThat(refused("ALTER TABLE orders ADD COLUMN mark text;").message())
                .contains("ownerRole nobody_at_all, which the server does not know");
    }

    /** The server's own word. */
    private void denied(String sql) throws SQLException {
        try (Connection connection = shop.connect(); Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + owner);
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute(sql))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo(DENIED));
        }
    }

    private static Plan planned(String sql) {
        PlanEvent event = plan(sql);
        assertThat(event).isInstanceOf(PlanEvent.PlanProposed.class);
        return ((PlanEvent.PlanProposed) event).plan();
    }

    private static Refusal refused(String sql) {
        PlanEvent event = plan(sql);
        assertThat(event).isInstanceOf(PlanEvent.PlanRefused.class);
        return ((PlanEvent.PlanRefused) event).refusals().get(0);
    }

    private static PlanEvent plan(String sql) {
        Application application = new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty());
        MigrationFile file = new MigrationFile("1", "V1__x.sql", MigrationFile.checksum(sql), sql, Optional.empty());
        return new Planning(TestTargets.in(VERTX, home), new Planner(GRAMMAR)).plan(new ReleaseRequested("shop", "r1",
                application, List.of(file), List.of(), new Policy("demo", null, false, true, true, List.of())),
                "event");
    }
}
