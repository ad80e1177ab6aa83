package io.lockkeeper.executor.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.doctor.Finding.Status;
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

    private Map<String, Finding> findings() {
        try (Session session = Session.open(vertx, shop.target(), Role.MIGRATOR, "lockkeeper/executor/doctor")) {
            return new Doctor().examine(session, shop.target()).stream()
                    .collect(Collectors.toMap(Finding::check, finding -> finding, (first, second) -> first));
        }
    }
}
