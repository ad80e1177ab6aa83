package io.lockkeeper.planner.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.catalog.Baseline;
import io.lockkeeper.planner.rewrite.Draft;

/** Without a server: what a statement names is taken to exist, as far as its text tells. */
class LinterTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @AfterAll
    static void stop() {
        GRAMMAR.close();
    }

    @Test
    void aCommentRunsAsWritten() {
        for (String sql : List.of("COMMENT ON COLUMN orders.status IS 'where it is'",
                "COMMENT ON COLUMN shop.orders.status IS NULL", "COMMENT ON TABLE orders IS 'x'")) {
            assertThat(last(sql).verdict()).as(sql).isEqualTo(Verdict.SAFE);
        }
    }

    @Test
    void anUnknownParentIsTakenToBePartitionedAsTheBoundTells() {
        for (String bound : List.of("FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                "FOR VALUES FROM (1, 'a') TO (2, 'b')", "FOR VALUES IN ('north', 'south')")) {
            assertThat(slugs(last("ALTER TABLE events ATTACH PARTITION events_2026 " + bound))).as(bound)
                    .containsExactly("ask-bound-events_2026", "validate-events_2026", "attach-partition-events_2026",
                            "drop-bound-events_2026");
            assertThat(slugs(last("CREATE TABLE events_2026 PARTITION OF events " + bound))).as(bound)
                    .containsExactly("create-table-events_2026", "attach-partition-events_2026");
        }
        assertThat(slugs(last("ALTER TABLE events DETACH PARTITION events_2026")))
                .contains("detach-partition-events_2026");
    }

    @Test
    void aPartitionThatEarlierFilesMadeIsDetached() {
        assertThat(slugs(last("CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);"
                + " CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                "ALTER TABLE events DETACH PARTITION events_2026"))).contains("detach-partition-events_2026");
    }

    @Test
    void aTriggerWaitsForTheOldVersionToGo() {
        Reviewed trigger = last("CREATE TRIGGER touch BEFORE UPDATE OF status ON orders FOR EACH ROW"
                + " WHEN (OLD.amount IS DISTINCT FROM NEW.amount) EXECUTE FUNCTION touch()");
        assertThat(trigger.verdict()).isEqualTo(Verdict.REWRITTEN);
        assertThat(slugs(trigger)).containsExactly("create-trigger-orders-touch");
    }

    @Test
    void partsOfTablesThatNobodyHasLookedAtAreTakenToBeThere() {
        assertThat(slugs(last("DROP TRIGGER touch ON shop.orders"))).containsExactly("quarantine-trigger-orders-touch",
                "drop-trigger-orders-touch");
        assertThat(slugs(last("ALTER TABLE orders ENABLE TRIGGER touch")))
                .containsExactly("enable-trigger-orders-touch");
        assertThat(slugs(last("ALTER TRIGGER touch ON orders RENAME TO touched")))
                .containsExactly("rename-orders-touch");
        assertThat(slugs(last("ALTER POLICY own ON orders RENAME TO mine"))).containsExactly("rename-orders-own");
        assertThat(slugs(last("DROP POLICY own ON orders"))).hasSize(1);
        assertThat(slugs(last("ALTER TABLE orders CLUSTER ON orders_status"))).containsExactly("cluster-orders");
        assertThat(slugs(last("ALTER TABLE orders ALTER id ADD GENERATED ALWAYS AS IDENTITY"))).hasSize(1);
        assertThat(slugs(last("ALTER TABLE orders ALTER nr ADD GENERATED ALWAYS AS IDENTITY"))).hasSize(1);
        assertThat(slugs(last("ALTER DOMAIN email DROP CONSTRAINT short"))).containsExactly("alter-domain-email");
        assertThat(slugs(last("ALTER DOMAIN email DROP NOT NULL"))).containsExactly("alter-domain-email");
        assertThat(slugs(last("ALTER SEQUENCE orders_id_seq RENAME TO numbers"))).hasSize(1);
        assertThat(slugs(last("ALTER VIEW open_orders RENAME TO pending"))).containsExactly("rename-table-open_orders",
                "quarantine-open_orders", "drop-view-open_orders");
    }

    @Test
    void whatATableMadeByAQueryBecomesIsFollowed() {
        Reviewed renamed = last("CREATE TABLE copy AS SELECT id, status FROM orders",
                "ALTER TABLE copy RENAME TO copies",
                "ALTER TABLE copies RENAME COLUMN status TO state");
        assertThat(slugs(renamed)).isNotEmpty();
        assertThat(renamed.findings()).noneMatch(finding -> finding.rule().equals("unknown-relation"));
    }

    @Test
    void locksOfTheUndoAreThoseOfTheUndo() {
        Reviewed key = last("ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders NOT VALID");
        Draft draft = key.steps().get(0);
        assertThat(draft.locks()).allMatch(lock -> lock.mode() == LockMode.SHARE_ROW_EXCLUSIVE);
        assertThat(draft.undo().orElseThrow().locks()).hasSize(2)
                .allMatch(lock -> lock.mode() == LockMode.ACCESS_EXCLUSIVE);
    }

    @Test
    void whatAForeignKeyOrAConflictNamesIsTakenToBeUnique() {
        assertThat(slugs(last("ALTER TABLE lines ADD FOREIGN KEY (code) REFERENCES countries (iso)"))).hasSize(2);
        String insert = "INSERT INTO countries (iso) VALUES ('de') ON CONFLICT ";
        for (String target : List.of("(iso)", "ON CONSTRAINT countries_iso", "(iso) WHERE iso <> ''")) {
            assertThat(slugs(last(insert + target + " DO NOTHING"))).containsExactly("insert-countries");
        }
        assertThat(slugs(last(insert + "(iso) DO NOTHING", "ALTER TABLE countries RENAME iso TO code")))
                .contains("quarantine-countries-iso");
    }

    @Test
    void aCommentBehindAStatementDoesNotSwallowItsEnd() {
        Reviewed check = last(
                "DO $$ BEGIN IF EXISTS (SELECT FROM orders) THEN RAISE 'no'; END IF; END $$ -- looked at\n;");
        String script = StepSql.script(check.steps().stream().map(Draft::action).toList());
        assertThat(((Parsed) GRAMMAR.parse(script)).statements()).hasSize(4);
    }

    /** Slugs without the names of constraints, which are generated. */
    private static List<String> slugs(Reviewed statement) {
        assertThat(statement.verdict()).as(statement.findings().toString()).isNotEqualTo(Verdict.REFUSED);
        return statement.steps().stream().map(Draft::slug).map(slug -> slug.replaceAll("-[^-]*__lk_\\w+$", ""))
                .toList();
    }

    private static Reviewed last(String... files) {
        List<MigrationFile> all = new ArrayList<>();
        for (String sql : files) {
            String version = Integer.toString(all.size() + 1);
            all.add(new MigrationFile(version, "V" + version + "__x.sql", MigrationFile.checksum(sql), sql,
                    Optional.empty()));
        }
        Application application = new Application("shop", Optional.of("1"), "2", Optional.empty(), Optional.empty());
        List<Reviewed> statements = new Linter(GRAMMAR, false, false, Optional.empty(), true)
                .lint(new ReleaseRequested("shop", "r1", application, all, List.of(),
                        new Policy("demo", null, false, false, false, List.of())), Baseline.emptyDatabase(180000));
        return statements.get(statements.size() - 1);
    }
}
