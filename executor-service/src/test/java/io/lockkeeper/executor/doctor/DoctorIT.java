package io.lockkeeper.executor.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.doctor.Finding.Status;
import io.lockkeeper.executor.lock.Replicas;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Session;

class DoctorIT {

    @TempDir
    Path home;

    private Shop shop;
    private Vertx vertx;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        vertx = Vertx.vertx();
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY)");
        shop.migratorOf("orders");
    }

    @AfterEach
    void close() {
        vertx.close();
        shop.close();
    }

    @Test
    void anOwnerThatMayCreateNeedsNothing() {
        assertThat(findings()).extractingByKeys("owner-role", "schema-grant", "publication-grant")
                .extracting(Finding::status).containsOnly(Status.OK);
    }

    @Test
    void whatTheOwnerMayNotDoIsNamedWithTheGrantThatItNeeds() {
        String owner = shop.target().ownerRole().orElseThrow();
        shop.execute("REVOKE CREATE ON SCHEMA public FROM " + owner,
                "REVOKE CREATE ON DATABASE " + shop.target().database() + " FROM " + owner);

        Map<String, Finding> findings = findings();

        assertThat(findings.get("schema-grant").status()).isEqualTo(Status.FAIL);
        assertThat(findings.get("schema-grant").message()).contains("GRANT CREATE ON SCHEMA public TO " + owner);
        assertThat(findings.get("publication-grant").status()).isEqualTo(Status.WARN);
        assertThat(findings.get("publication-grant").message()).contains("GRANT CREATE ON DATABASE");
    }

    @Test
    void limitsOfRoleAndServerThatWouldEndARunAreNamedWithTheirCure() {
        String migrator = shop.value("SELECT rolname FROM pg_roles WHERE rolname LIKE 'migrator_%' AND pg_has_role("
                + "rolname, '" + shop.target().ownerRole().orElseThrow() + "', 'MEMBER')");
        assertThat(findings()).extractingByKeys("connection-limit", "session-timeouts", "replicas", "leftovers")
                .extracting(Finding::status).containsOnly(Status.OK);
        shop.execute("ALTER ROLE " + migrator + " CONNECTION LIMIT 3",
                "ALTER ROLE " + migrator + " SET idle_session_timeout = '1min'"); // ours say otherwise
        boolean knowsTransactionTimeout = shop.value("SELECT current_setting('transaction_timeout', true)").equals("0");
        if (knowsTransactionTimeout) {
            shop.execute("ALTER ROLE " + migrator + " SET transaction_timeout = '1min'");
        }

        Map<String, Finding> findings = findings();

        assertThat(findings.get("connection-limit").status()).isEqualTo(Status.FAIL);
        assertThat(findings.get("connection-limit").message()).contains("ALTER ROLE " + migrator + " CONNECTION LIMIT");
        assertThat(findings.get("session-timeouts").status())
                .isEqualTo(knowsTransactionTimeout ? Status.FAIL : Status.OK);
        assertThat(findings.get("session-timeouts").message()).doesNotContain("idle_session_timeout")
                .contains(knowsTransactionTimeout ? "transaction_timeout = 60000ms" : "nothing ends");
        assertThat(findings.get("signal-grant").status()).isEqualTo(Status.WARN);
        assertThat(findings.get("signal-grant").message()).contains("GRANT pg_signal_backend TO " + migrator);
    }

    @Test
    void eventTriggerThatRunsWithinOurStepsIsNamed() {
        assertThat(findings().get("event-triggers").status()).isEqualTo(Status.OK);
        shop.execute("""
                CREATE FUNCTION note_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END'""",
                "CREATE EVENT TRIGGER note_ddl ON ddl_command_end EXECUTE FUNCTION note_ddl()");

        Finding finding = findings().get("event-triggers");

        assertThat(finding.status()).isEqualTo(Status.WARN);
        assertThat(finding.message()).contains("note_ddl (ddl_command_end)");
    }

    @Test
    void replicaThatIsAwayOrWasPromotedIsNamed() {
        shop.say("replicas: [\"postgresql://127.0.0.1:1/shop\", \"" + shop.target().url() + "\"]");

        Finding replicas = findings().get("replicas");

        assertThat(replicas.status()).isEqualTo(Status.WARN);
        assertThat(replicas.message()).contains("127.0.0.1:1",
                shop.target().host() + ":" + shop.target().port());
    }

    @Test
    void whatAnEarlierRunHasLeftIsNamedWithItsCure() {
        shop.execute("CREATE SCHEMA lockkeeper_sync",
                "CREATE FUNCTION lockkeeper_sync.orders() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TRIGGER zzzz_lockkeeper_orders BEFORE INSERT ON orders FOR EACH ROW"
                        + " EXECUTE FUNCTION lockkeeper_sync.orders()");

        assertThat(all()).filteredOn(finding -> finding.check().equals("leftover")).extracting(Finding::message)
                .anyMatch(message -> message.startsWith("trigger zzzz_lockkeeper_orders on "))
                .anyMatch(message -> message.startsWith("function lockkeeper_sync.orders()"));
    }

    private Map<String, Finding> findings() {
        return all().stream().collect(Collectors.toMap(Finding::check, finding -> finding, (first, second) -> first));
    }

    private List<Finding> all() {
        try (Session session = Session.open(vertx, shop.target(), Role.MIGRATOR, "lockkeeper/executor/doctor")) {
            var replicas = new Replicas(shop.target().readers(),
                    replica -> Session.open(vertx, replica, Role.MIGRATOR, "lockkeeper/executor/doctor"));
            return new Doctor(true).examine(session, shop.target(), replicas);
        }
    }
}
