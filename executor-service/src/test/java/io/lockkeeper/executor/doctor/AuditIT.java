package io.lockkeeper.executor.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.postgres.MigrationRecord;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.target.Session;

class AuditIT {

    @TempDir
    Path home;

    private Shop shop;

    @BeforeEach
    void runSomething() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY)");
        Plan plan = Plans.of(Shop.TARGET, "r1").precondition("orders", fingerprint())
                .expand("010-add", Plans.ddl("ALTER TABLE public.orders ADD COLUMN note text"), "orders").file("1")
                .build();
        try (Engine engine = Engine.started(shop)) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
        }
    }

    private String fingerprint() {
        try (Engine engine = Engine.named(shop, "clerk"); Session session = engine.session("test")) {
            return session.query(LedgerSchema.FINGERPRINT, "public", "orders").get(0).getString("fingerprint");
        }
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void historyOfARunHoldsAndTellsItFromTheClaimToTheEnd() {
        Audit.Report report = verify();

        assertThat(report.breaks()).isEmpty();
        assertThat(report.entries()).isEqualTo(Long.parseLong(shop.value("SELECT count(*) FROM lockkeeper.history")));
        assertThat(report.head())
                .isEqualTo(shop.value("SELECT hash FROM lockkeeper.history ORDER BY sequence DESC LIMIT 1"));
        assertThat(shop.column("""
                SELECT content::jsonb ->> 'state' FROM lockkeeper.history WHERE entity = 'run' ORDER BY sequence
                """)).startsWith("CLAIMED").endsWith("COMPLETED");
        assertThat(shop.column("SELECT key FROM lockkeeper.history WHERE entity = 'migration'")).containsExactly("1");
    }

    @Test
    void migrationRecordTellsWhatTheRunDid() {
        try (Engine engine = Engine.named(shop, "clerk"); Session session = engine.session("record")) {
            String record = MigrationRecord.of(session, shop.value("SELECT id FROM lockkeeper.run")).orElseThrow();

            assertThat(record).startsWith("# Release r1 on shop").contains("**COMPLETED**",
                    "| migrations/V1__add_note.sql | sha256:", "| 010-add | 010 add | expand | SUCCEEDED | 1 |",
                    verify().head());
            assertThat(MigrationRecord.of(session, "no-such-run")).isEmpty();
        }
    }

    @Test
    void entryThatIsChangedIsFound() {
        asIntruder("UPDATE lockkeeper.history SET content = replace(content, 'SUCCEEDED', 'FAILED')"
                + " WHERE entity = 'attempt' AND operation = 'UPDATE'");
        assertThat(verify().breaks()).extracting(Audit.Break::finding)
                .anyMatch(finding -> finding.contains("does not fit its content"));
    }

    @Test
    void entryThatIsTakenOutIsFoundWhereverItWas() {
        asIntruder("DELETE FROM lockkeeper.history WHERE sequence = 3");
        assertThat(verify().breaks()).extracting(Audit.Break::sequence).contains(4L);
    }

    @Test
    void endThatIsCutOffIsFound() {
        asIntruder("DELETE FROM lockkeeper.history WHERE sequence = (SELECT max(sequence) FROM lockkeeper.history)");
        assertThat(verify().breaks()).extracting(Audit.Break::finding).contains("the end of the history was cut off");
    }

    @Test
    void ledgerThatIsChangedPastItsHistoryIsFound() {
        shop.execute("ALTER TABLE lockkeeper.run DISABLE TRIGGER remember_change",
                "UPDATE lockkeeper.run SET state = 'ABORTED'");
        assertThat(verify().breaks()).extracting(Audit.Break::finding)
                .containsExactly("run " + shop.value("SELECT id FROM lockkeeper.run")
                        + " was changed without an entry");
    }

    @Test
    void fingerprintOfATableThatIsReplacedByHandIsFound() {
        shop.execute("ALTER TABLE lockkeeper.relation DISABLE TRIGGER remember_change",
                "UPDATE lockkeeper.relation SET fingerprint = 'as somebody wishes'");
        assertThat(verify().breaks()).extracting(Audit.Break::finding)
                .containsExactly("relation " + shop.value("SELECT id FROM lockkeeper.run")
                        + "/public/orders was changed without an entry");
    }

    @Test
    void historyRefusesToForget() {
        assertThatThrownBy(() -> shop.execute("DELETE FROM lockkeeper.history")).hasMessageContaining("append-only");
        assertThatThrownBy(() -> shop.execute("TRUNCATE lockkeeper.history")).hasMessageContaining("append-only");
    }

    /** Somebody with the owner's rights. */
    private void asIntruder(String statement) {
        shop.execute("ALTER TABLE lockkeeper.history DISABLE TRIGGER append_only", statement);
    }

    private Audit.Report verify() {
        try (Engine engine = Engine.named(shop, "auditor"); Session session = engine.session("audit")) {
            return new Audit().verify(session);
        }
    }
}
