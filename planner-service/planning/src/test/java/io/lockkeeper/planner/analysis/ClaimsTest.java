package io.lockkeeper.planner.analysis;

import static io.lockkeeper.planner.analysis.Hazard.APP_BREAKING;
import static io.lockkeeper.planner.analysis.Hazard.BLOCKS_READS;
import static io.lockkeeper.planner.analysis.Hazard.BLOCKS_WRITES;
import static io.lockkeeper.planner.analysis.Hazard.TABLE_REWRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Baseline;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.statement.SourceStatement;

/** What is told wrongly elsewhere; {@link AnalysisIT} asks a server for the same statements. */
class ClaimsTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final RelationName ORDERS = RelationName.of("public", "orders");
    private static final Catalog NOBODY_ASKED = Baseline.emptyDatabase(180000);

    @AfterAll
    static void stop() {
        GRAMMAR.close();
    }

    @Test
    void aDefaultOfNowDoesNotRewriteTheTable() {
        Analysis analysis = analyse("ALTER TABLE orders ADD COLUMN at timestamptz DEFAULT now()");
        assertThat(analysis.rewrites()).isEmpty();
        assertThat(analysis.safe()).isTrue();
    }

    @Test
    void aDefaultOfClockTimestampOrRandomDoes() {
        for (String value : List.of("clock_timestamp()", "random()", "gen_random_uuid()")) {
            Analysis analysis = analyse("ALTER TABLE orders ADD COLUMN c text DEFAULT " + value + "::text");
            assertThat(analysis.rewrites()).as(value).containsExactly(ORDERS);
            assertThat(analysis.hazards()).contains(TABLE_REWRITE, BLOCKS_READS);
        }
    }

    @Test
    void aCheckTakesAccessExclusiveEvenNotValid() {
        assertThat(mode("ALTER TABLE orders ADD CHECK (id > 0)")).isEqualTo(LockMode.ACCESS_EXCLUSIVE);
        assertThat(mode("ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0) NOT VALID"))
                .isEqualTo(LockMode.ACCESS_EXCLUSIVE);
        assertThat(mode("ALTER TABLE orders ADD FOREIGN KEY (c) REFERENCES customers NOT VALID"))
                .isEqualTo(LockMode.SHARE_ROW_EXCLUSIVE);
    }

    @Test
    void aKeyFromAnIndexTakesAccessExclusive() {
        assertThat(mode("ALTER TABLE orders ADD CONSTRAINT k UNIQUE USING INDEX i"))
                .isEqualTo(LockMode.ACCESS_EXCLUSIVE);
        assertThat(mode("ALTER TABLE orders ADD PRIMARY KEY USING INDEX i")).isEqualTo(LockMode.ACCESS_EXCLUSIVE);
    }

    @Test
    void enablingATriggerBlocksWrites() {
        assertThat(mode("ALTER TABLE orders ENABLE TRIGGER t")).isEqualTo(LockMode.SHARE_ROW_EXCLUSIVE);
        assertThat(mode("ALTER TABLE orders DISABLE TRIGGER ALL")).isEqualTo(LockMode.SHARE_ROW_EXCLUSIVE);
    }

    @Test
    void renamingAColumnIsBriefAndBreaksWhoReadsIt() {
        Analysis analysis = analyse("ALTER TABLE orders RENAME COLUMN a TO b");
        assertThat(analysis.locks().get(0).mode()).isEqualTo(LockMode.ACCESS_EXCLUSIVE);
        assertThat(analysis.hazards()).contains(APP_BREAKING).doesNotContain(BLOCKS_READS);
        assertThat(analysis.safe()).isFalse();
    }

    @Test
    void aPlainIndexBlocksWritesAndNotReads() {
        Analysis analysis = analyse("CREATE INDEX ON orders (a)");
        assertThat(analysis.locks().get(0).mode()).isEqualTo(LockMode.SHARE);
        assertThat(analysis.hazards()).contains(BLOCKS_WRITES).doesNotContain(BLOCKS_READS);
    }

    @Test
    void trueIsNoVolatileDefault() {
        assertThat(analyse("ALTER TABLE orders ADD COLUMN done boolean NOT NULL DEFAULT true").safe()).isTrue();
    }

    @Test
    void aVirtualColumnIsNotWrittenAndAStoredOneIs() {
        assertThat(analyse("ALTER TABLE orders ADD COLUMN c int GENERATED ALWAYS AS (a * 2) VIRTUAL").rewrites())
                .isEmpty();
        assertThat(analyse("ALTER TABLE orders ADD COLUMN c int GENERATED ALWAYS AS (a * 2) STORED").rewrites())
                .containsExactly(ORDERS);
    }

    private static LockMode mode(String sql) {
        return analyse(sql).locks().stream().filter(lock -> lock.relation().equals(ORDERS)).findFirst().orElseThrow()
                .mode();
    }

    private static Analysis analyse(String sql) {
        SourceStatement statement = AnalysisServer.statements(GRAMMAR, "claims.sql", sql).get(0);
        return new Analyzer().analyse(statement, NOBODY_ASKED);
    }
}
