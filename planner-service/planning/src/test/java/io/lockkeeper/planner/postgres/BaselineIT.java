package io.lockkeeper.planner.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.planner.catalog.Baseline;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.plan.TargetSnapshot;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** What is assumed of an empty database is what PostgreSQL 18 says. {@code -Dbaseline.write=true} writes it anew. */
class BaselineIT {

    private static final Path FACTS = Path.of("src/main/resources/io/lockkeeper/planner/catalog/baseline.txt");
    private static final int WRITTEN_FROM = 18;

    @Test
    void theBaselineIsWhatAnEmptyDatabaseKnows(@TempDir Path home) throws Exception {
        Vertx vertx = Vertx.vertx();
        try (TestDatabase database = TestPostgres.shared().createDatabase("empty")) {
            TestTargets.add(home, "empty", database);
            Targets.Open open = (Targets.Open) TestTargets.in(vertx, home).open("empty");
            try (TargetSnapshot snapshot = open.snapshot()) {
                Catalog empty = snapshot.catalog();
                Assumptions.assumeTrue(empty.serverVersion() / 10_000 == WRITTEN_FROM, "another major version");
                List<String> facts = Baseline.facts(empty);
                if (Boolean.getBoolean("baseline.write")) {
                    Files.write(FACTS, facts);
                }
                assertThat(facts).isEqualTo(Files.readAllLines(FACTS));
                Catalog assumed = Baseline.emptyDatabase(empty.serverVersion());
                assertThat(assumed.types()).isEqualTo(empty.types());
                assertThat(assumed.symbols().builtinFunctions()).isEqualTo(empty.symbols().builtinFunctions());
                assertThat(assumed.symbols().aggregates()).isEqualTo(empty.symbols().aggregates());
                assertThat(assumed.symbols().casts())
                        .containsExactlyInAnyOrderElementsOf(empty.symbols().casts());
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
