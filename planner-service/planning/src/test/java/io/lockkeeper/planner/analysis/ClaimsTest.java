package io.lockkeeper.planner.analysis;

import static io.lockkeeper.planner.analysis.Hazard.APP_BREAKING;
import static io.lockkeeper.planner.analysis.Hazard.BLOCKS_READS;
import static io.lockkeeper.planner.analysis.Hazard.BLOCKS_WRITES;
import static io.lockkeeper.planner.analysis.Hazard.TABLE_REWRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Baseline;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.statement.SourceStatement;

/** What is told wrongly elsewhere, by the table in {@code docs/coverage.md}; {@link AnalysisIT} asks a server. */
class ClaimsTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final RelationName ORDERS = RelationName.of("public", "orders");
    private static final Pattern CLAIM = Pattern.compile("\\| [^|]+ \\| [^|]+ \\| (`[^|]+) \\| ([^|]+) \\|");
    private static final Catalog NOBODY_ASKED = Baseline.emptyDatabase(180000);

    @AfterAll
    static void stop() {
        GRAMMAR.close();
    }

    @Test
    void everyClaimIsJudgedHereAndAskedOfAServer() throws IOException {
        Set<String> tests = Arrays.stream(ClaimsTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class)).map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        tests.remove("everyClaimIsJudgedHereAndAskedOfAServer");
        Set<String> judged = new TreeSet<>();
        String statements = AnalysisServer.resource("statements.sql");
        for (String line : Files.readAllLines(Path.of("docs/coverage.md"))) {
            Matcher row = CLAIM.matcher(line);
            if (row.matches()) {
                judged.addAll(quoted(row.group(1)));
                if (!row.group(2).startsWith("not a matter of one statement: ")) {
                    assertThat(quoted(row.group(2))).as(line).isNotEmpty()
                            .allSatisfy(words -> assertThat(statements).contains(words));
                }
            }
        }
        assertThat(judged).isEqualTo(tests);
    }

    private static List<String> quoted(String cell) {
        return Pattern.compile("`([^`]+)`").matcher(cell).results().map(found -> found.group(1)).toList();
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

    /** {@code CasesIT} holds the page against the plan, {@code BothVersionsIT} the plan against both versions. */
    @Test
    void aColumnThatReplacesAnotherFollowsUpdatesToo() throws IOException {
        assertThat(Files.readString(Path.of("src/test/cases/rename-column/plan.txt")))
                .contains("BEFORE INSERT OR UPDATE ON \"public\".\"orders\" FOR EACH ROW");
    }

    private static LockMode mode(String sql) {
        return analyse(sql).locks().stream().filter(lock -> lock.relation().equals(ORDERS)).findFirst().orElseThrow()
                .mode();
    }

    private static Analysis analyse(String sql) {
        SourceStatement statement = AnalysisServer.statements(GRAMMAR, "claims.sql", sql).get(0);
        return new Analyzer(GRAMMAR).analyse(statement, NOBODY_ASKED);
    }
}
