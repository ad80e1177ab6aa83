package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.planner.report.ApplyOrder;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/**
 * The printed script, run by hand as psql does it, statement by statement and each on its own, ends in the same database
 * as the release as written: for every case that can be planned.
 */
class ApplyOrderIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @TempDir
    static Path home;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> scripts() throws IOException {
        return CaseFolders.plannedTests(CaseFolders::inSlice, ApplyOrderIT::check);
    }

    @Tag("campaign")
    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> otherScripts() throws IOException {
        return CaseFolders.plannedTests(folder -> !CaseFolders.inSlice(folder), ApplyOrderIT::check);
    }

    private static void check(Path folder) throws Exception {
        try (TestDatabase byHand = TestPostgres.shared().createDatabase("by_hand");
                Connection hand = byHand.connect()) {
            CaseDatabases.load(byHand, folder);
            Path own = home.resolve(folder.getFileName());
            TestTargets.add(own, "shop", byHand);
            PlanEvent event = new Planning(TestTargets.in(VERTX, own), new Planner(GRAMMAR))
                    .plan(CasesIT.release(folder), "event");
            Plan plan = ((PlanEvent.PlanProposed) event).plan();
            run(hand, ApplyOrder.of(plan));

            CaseDatabases.AsWritten written = CaseDatabases.asWritten(folder, GRAMMAR);
            assertThat(CatalogLines.schema(hand)).as("schema").isEqualTo(written.schema());
            if (!Files.exists(folder.resolve("rows-differ"))) {
                assertThat(CatalogLines.rows(hand)).as("rows").isEqualTo(written.rows());
            }
        }
    }

    private static void run(Connection connection, String script) throws SQLException {
        for (ParsedStatement one : ((Parsed) GRAMMAR.parse(script)).statements()) {
            try (Statement statement = connection.createStatement()) {
                boolean rows = statement.execute(one.text());
                if (rows) {
                    try (var found = statement.getResultSet()) {
                        boolean counted = found.getMetaData().getColumnCount() == 1
                                && found.getMetaData().getColumnLabel(1).equals("must_be_zero");
                        boolean any = found.next();
                        assertThat(any && (!counted || found.getLong(1) > 0)).as(one.text()).isFalse();
                    }
                }
            } catch (SQLException e) {
                throw new SQLException(one.text() + ": " + e.getMessage(), e.getSQLState(), e);
            }
        }
    }
}
