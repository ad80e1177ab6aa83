package io.lockkeeper.executor.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.claim.ClaimDesk;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Plan.FileVersion;
import io.lockkeeper.messages.RunState;

/** The team's own table is written beside the ledger, and taken over from. */
class TeamHistoryIT {

    private static final String FLYWAY = """
            CREATE TABLE flyway_schema_history (installed_rank int NOT NULL PRIMARY KEY, version varchar(50),
              description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum int,
              installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(),
              execution_time int NOT NULL, success boolean NOT NULL)""";

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
    void flywaysRowCommitsWithTheConclusionAndFollowsItsLast() {
        shop.execute(FLYWAY, "INSERT INTO flyway_schema_history VALUES (6, '6', 'six', 'SQL', 'V6__six.sql', 1, 'ann',"
                + " now(), 5, true)");
        shop.say("history: { of: flyway }");
        release("7");

        assertThat(shop.value("SELECT installed_rank || ' ' || version || ' ' || description || ' ' || type || ' ' ||"
                + " script || ' ' || checksum || ' ' || success FROM flyway_schema_history ORDER BY installed_rank DESC"))
                .isEqualTo("7 7 add note SQL V7__add_note.sql 4711 true");
        assertThat(shop.value("SELECT xmin FROM flyway_schema_history WHERE version = '7'"))
                .isEqualTo(shop.value("SELECT xmin FROM lockkeeper.migration WHERE version = '7'"))
                .isEqualTo(shop.value("SELECT xmin FROM lockkeeper.step WHERE id = '999-conclude'"));
    }

    @Test
    void golangMigratesOneRowSaysTheLastVersion() {
        shop.execute("CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
                "INSERT INTO schema_migrations VALUES (6, false)");
        shop.say("history: { of: golang-migrate }");
        release("7");
        assertThat(shop.column("SELECT version || ' ' || dirty FROM schema_migrations")).containsExactly("7 false");
    }

    @Test
    void railsGetsARowForEachVersion() {
        shop.execute("CREATE SCHEMA app", "CREATE TABLE app.versions (version varchar PRIMARY KEY)");
        shop.say("history: { of: rails, table: app.versions }");
        release("7");
        assertThat(shop.column("SELECT version FROM app.versions")).containsExactly("7");
    }

    @Test
    void dieselGetsItsOwnFormOfTheVersionAsTheOwnerOfTheTable() {
        shop.execute("CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY,"
                + " run_on timestamp NOT NULL DEFAULT now())");
        shop.migratorOf("orders", "__diesel_schema_migrations");
        shop.say("history: { of: diesel }");
        release("2024-01-02-000000");
        assertThat(shop.column("SELECT version FROM __diesel_schema_migrations")).containsExactly("20240102000000");
    }

    @Test
    void abortedRunLeavesNothingInIt() {
        shop.execute("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
        shop.say("history: { of: rails }");
        Plan plan = Plans.of(Shop.TARGET, "r7").file("7").expand("010-one", Plans.ddl("SELECT 1"))
                .contract("020-two", Gate.CONTRACT, Plans.ddl("SELECT 1")).build();
        try (Engine engine = Engine.started(shop)) {
            engine.claim(plan);
            engine.await(plan, RunState.AWAITING_CONTRACT);
            engine.control("abort-1", new Control.Abort(Shop.TARGET, "r7", "ann", Optional.empty()));
            engine.await(plan, RunState.ABORTED);
        }
        assertThat(shop.column("SELECT version FROM schema_migrations")).isEmpty();
    }

    @Test
    void revertedReleaseLeavesNothingInItEither() {
        shop.execute(FLYWAY, "INSERT INTO flyway_schema_history VALUES (6, '6', 'six', 'SQL', 'V6__six.sql', 1, 'ann',"
                + " now(), 5, true)");
        shop.say("history: { of: flyway }");
        release("7");
        revert("7");
        assertThat(shop.column("SELECT version FROM flyway_schema_history")).containsExactly("6");
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.migration")).isEqualTo("0");
    }

    @Test
    void golangMigratesOneRowGoesBackToTheVersionBeforeWhateverTheOrder() {
        shop.execute("CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
                "INSERT INTO schema_migrations VALUES (6, false)");
        shop.say("history: { of: golang-migrate }");
        release("7");
        release("8");
        revert("7");
        assertThat(shop.column("SELECT version FROM schema_migrations")).containsExactly("8");
        revert("8");
        assertThat(shop.column("SELECT version || ' ' || dirty FROM schema_migrations")).containsExactly("6 false");
    }

    private void revert(String version) {
        try (Engine engine = Engine.started(shop)) {
            Plan plan = plan(version);
            engine.control("revert-" + version,
                    new Control.Revert(Shop.TARGET, "r" + version, "ann", Optional.empty(), false));
            engine.await(plan, RunState.REVERTED);
        }
    }

    @Test
    void releaseIsRefusedWhereTheTableIsNotThere() {
        shop.say("history: { of: rails }");
        try (Engine engine = Engine.named(shop, "desk")) {
            assertThat(engine.claim(plan("7"))).isInstanceOfSatisfying(ClaimDesk.Refused.class,
                    refused -> assertThat(refused.code()).isEqualTo("history-missing"));
        }
    }

    @Test
    void adoptedVersionsAreInTheLedgerOnceAndAreNotReleasedAgain() {
        shop.execute(FLYWAY, """
                INSERT INTO flyway_schema_history VALUES
                  (1, '3', 'baseline', 'BASELINE', 'baseline', NULL, 'ann', now(), 5, true),
                  (2, NULL, 'views', 'SQL', 'R__views.sql', 1, 'ann', now(), 5, true),
                  (3, '4', 'four', 'SQL', 'V4__four.sql', 40, 'ann', now(), 5, true)""");
        shop.say("history: { of: flyway }");
        List<FileVersion> files = List.of(file("1", 10), file("3", 30), file("4", 40), file("5", 50));
        try (Engine engine = Engine.named(shop, "desk")) {
            for (int time = 0; time < 2; time++) {
                assertThat(engine.adopt(files)).isInstanceOfSatisfying(HistoryAdoption.Taken.class, taken -> {
                    assertThat(taken.applied()).extracting(FileVersion::version).containsExactly("1", "3", "4");
                    assertThat(taken.pending()).containsExactly("5");
                });
            }
            assertThat(shop.column("SELECT version || ' ' || run FROM lockkeeper.migration ORDER BY version"))
                    .containsExactly("1 adopted", "3 adopted", "4 adopted");
            assertThat(engine.claim(plan("4"))).isInstanceOfSatisfying(ClaimDesk.Refused.class,
                    refused -> assertThat(refused.code()).isEqualTo("version-applied"));
        }
        release("5");
        assertThat(shop.column("SELECT version FROM flyway_schema_history ORDER BY installed_rank"))
                .containsExactly("3", null, "4", "5");
    }

    @Test
    void tableThatIsDirtyIsRefusedAndNothingIsTaken() {
        shop.execute("CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
                "INSERT INTO schema_migrations VALUES (6, true)");
        shop.say("history: { of: golang-migrate }");
        try (Engine engine = Engine.named(shop, "desk")) {
            assertThat(engine.adopt(List.of(file("6", 1)))).isInstanceOf(HistoryAdoption.Refused.class);
        }
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.migration")).isEqualTo("0");
    }

    private void release(String version) {
        try (Engine engine = Engine.started(shop)) {
            Plan plan = plan(version);
            assertThat(engine.claim(plan)).isInstanceOf(ClaimDesk.Claimed.class);
            engine.await(plan, RunState.COMPLETED);
        }
    }

    private static Plan plan(String version) {
        return Plans.of(Shop.TARGET, "r" + version).file(version)
                .step("010-add", Phase.EXPAND, null, Plans.ddl("CREATE TABLE IF NOT EXISTS public.notes (id int)"),
                        List.of(), Plans.undo(List.of(), "DROP TABLE IF EXISTS public.notes"))
                .build();
    }

    private static FileVersion file(String version, int crc) {
        return new FileVersion(version, "db/V" + version + "__x.sql", "sha256:" + version, Optional.of(crc));
    }
}
