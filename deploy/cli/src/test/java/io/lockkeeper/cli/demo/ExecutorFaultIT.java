package io.lockkeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.lockkeeper.cli.stack.ServiceName;
import io.lockkeeper.cli.stack.ServiceProcess;
import io.lockkeeper.cli.stack.Stack;

/** The executor is killed, as by a power cut, while the shop is at work. */
class ExecutorFaultIT {

    private final Stack stack = SharedStack.get();
    private final ServiceProcess executor = stack.service(ServiceName.EXECUTOR);

    @Test
    void killedInTheMiddleOfABackfillItGoesOnAfterItsLastCommittedBatch() throws Exception {
        try (LiveRelease release = new LiveRelease(stack, "killed_in_backfill")) {
            executor.stop();
            executor.start(Map.of("lockkeeper.crash-at", "backfill.batch:3"));
            release.request();
            assertThat(executor.awaitExit(Duration.ofSeconds(90))).as("the crash point was reached").isTrue();
            long done = release.count("SELECT coalesce(sum(rows), 0) FROM lockkeeper.cursor");
            assertThat(done).isPositive().isLessThan(LiveRelease.ROWS);
            // Rows from here on are synchronised when they are written.
            long rows = release.count("SELECT max(id) FROM orders");

            executor.start();
            release.finish();

            // What was moved before the crash was not moved again: no backfill changed more rows than there were.
            assertThat(release.count("SELECT max(rows) FROM lockkeeper.step WHERE kind = 'backfill'"))
                    .isBetween(done, rows);
            assertThat(release.count("SELECT max(attempts) FROM lockkeeper.step WHERE kind = 'backfill'"))
                    .isEqualTo(2);
        }
    }

    @Test
    void killedInTheMiddleOfAConcurrentIndexBuildItLeavesNoInvalidIndex() throws Exception {
        try (LiveRelease release = new LiveRelease(stack, "killed_in_index_build");
                var holder = DriverManager.getConnection(release.shop().applicationUrl("reports/nightly"))) {
            // Holds the build back without a transaction id: arming waits for those that have one.
            holder.setAutoCommit(false);
            try (var statement = holder.createStatement()) {
                statement.execute("LOCK TABLE audit_log IN ROW EXCLUSIVE MODE");
            }
            release.request();
            String waitingBuild = """
                    SELECT count(*) FROM pg_stat_progress_create_index p JOIN pg_stat_activity a USING (pid)
                    WHERE p.datname = current_database() AND a.application_name LIKE 'lockkeeper/executor%'
                    AND a.wait_event_type = 'Lock'
                    """;
            await().atMost(Duration.ofSeconds(90)).until(() -> release.count(waitingBuild) == 1);
            executor.kill();
            assertThat(release.count("SELECT count(*) FROM pg_index WHERE NOT indisvalid")).isEqualTo(1);

            executor.start();
            await().atMost(Duration.ofSeconds(60)).until(() -> release.count(
                    "SELECT count(*) FROM lockkeeper.attempt WHERE step LIKE '%audit_log_unseen_idx%'") >= 2);
            holder.rollback();
            release.finish();

            assertThat(release.count("SELECT count(*) FROM pg_indexes WHERE indexname = 'audit_log_unseen_idx'"))
                    .isEqualTo(1);
        }
    }
}
