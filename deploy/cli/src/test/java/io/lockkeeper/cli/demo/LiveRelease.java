package io.lockkeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import org.awaitility.core.ConditionTimeoutException;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.RunText;
import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.cli.client.Services.Planned;
import io.lockkeeper.cli.manifest.ReleaseDirectory;
import io.lockkeeper.cli.stack.Stack;
import io.lockkeeper.embedded.EmbeddedPostgres;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.RunState;

/** The sample's release on a target of its own, with the shop at work; tests break things meanwhile. */
final class LiveRelease implements AutoCloseable {

    static final int ROWS = 20_000;

    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final Stack stack;
    private final ShopDatabase shop;
    private final Workload workload;
    private final Connection measure;
    private final ReleaseRequested release;
    private String run;
    private Plan plan;

    LiveRelease(Stack stack, EmbeddedPostgres server, String target, UnaryOperator<ReleaseRequested> change)
            throws SQLException {
        this.stack = stack;
        this.shop = ShopDatabase.create(SharedStack.INSTALLATION, stack.home(), server, target, ROWS);
        this.measure = shop.measure();
        this.workload = new Workload(version -> shop.applicationUrl(version.applicationName()), ROWS, 11);
        this.release = change.apply(ReleaseDirectory.read(ShopDatabase.release(SharedStack.INSTALLATION),
                Optional.of(target), Optional.of("release-of-" + target)));
        workload.start(ShopVersion.ONE);
        await().atMost(Duration.ofSeconds(30)).until(() -> workload.tally().statements() > 500);
    }

    LiveRelease(Stack stack, String target) throws SQLException {
        this(stack, stack.postgres(), target, UnaryOperator.identity());
    }

    void request() {
        Services services = stack.clients();
        String event = services.release(release, Optional.empty());
        run = Services.runOf(release.target(), event);
        plan = await().atMost(Duration.ofSeconds(60)).pollInterval(INTERVAL)
                .until(() -> services.planning(event), Planned.class::isInstance) instanceof Planned planned
                        ? planned.plan()
                        : null;
    }

    String run() {
        return run;
    }

    Plan plan() {
        return plan;
    }

    ShopDatabase shop() {
        return shop;
    }

    Workload workload() {
        return workload;
    }

    Connection measure() {
        return measure;
    }

    /** Waits for the run to be so; while the executor is away, its last answer stands. */
    RunView awaitRun(String what, Duration atMost, Predicate<RunView> condition) {
        RunView[] last = new RunView[1];
        try {
            await(what).atMost(atMost).pollInterval(INTERVAL).until(() -> {
                look().ifPresent(view -> last[0] = view);
                return last[0] != null && condition.test(last[0]);
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(what + ": not within " + atMost + "; the run is "
                    + (last[0] == null
                            ? "not there"
                            : RunText.headline(last[0]) + "\n"
                                    + String.join("\n", RunText.steps(last[0])))
                    + "\nlogs: " + stack.home().logs(), e);
        }
        return last[0];
    }

    private Optional<RunView> look() {
        try {
            return stack.clients().run(release.target(), run);
        } catch (CommandFailure executorIsAway) {
            return Optional.empty();
        }
    }

    RunView awaitMigrated() {
        return awaitRun("migrated", Duration.ofSeconds(120),
                view -> view.milestones().contains("migrated") || halted(view));
    }

    /** What CI does once the run has migrated. */
    void deployNewVersionAndRetireTheOld() {
        workload.start(ShopVersion.TWO);
        report("deployed", ShopVersion.TWO);
        workload.stop(ShopVersion.ONE);
        report("retired", ShopVersion.ONE);
    }

    /** @param happening as {@link Services#version} has it */
    void report(String happening, ShopVersion version) {
        stack.clients().version(happening, release.target(), release.release(), "shop", version.number());
    }

    /** From `migrated` on to the end, which must be good; then nothing may have failed, and nothing be lost. */
    void finish() throws SQLException {
        RunView migrated = awaitMigrated();
        assertThat(halted(migrated)).as(RunText.headline(migrated)).isFalse();
        deployNewVersionAndRetireTheOld();
        assertCompletes();
    }

    void assertCompletes() throws SQLException {
        RunView end = awaitRun("completed", Duration.ofSeconds(120), view -> view.state().terminal() || halted(view));
        assertThat(end.state()).as(RunText.headline(end)).isEqualTo(RunState.COMPLETED);
        workload.stopAll();
        assertThat(workload.tally().firstFailure()).isEmpty();
        assertThat(workload.tally().failures()).isZero();
        assertThat(workload.check(measure).wrong()).isZero();
        assertThat(count("SELECT count(*) FROM pg_index WHERE NOT indisvalid")).isZero();
        assertThat(count("SELECT count(*) FROM lockkeeper.migration")).isEqualTo(1);
        assertThat(count("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%lockkeeper%'")).isZero();
        assertThat(count("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()")).isZero();
        assertThat(count("SELECT count(*) FROM pg_publication")).isZero();
        assertThat(count("""
                SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND NOT attisdropped
                AND attname IN ('channel', 'legacy_ref')
                """)).isZero();
        assertThat(count("""
                SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND NOT attisdropped
                AND (attname, atttypid) IN (('amount', 'bigint'::regtype), ('sales_channel', 'text'::regtype))
                AND attnotnull
                """)).isEqualTo(2);
    }

    long count(String sql) throws SQLException {
        try (var statement = measure.createStatement(); var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    static boolean halted(RunView view) {
        return view.state() == RunState.HALTED;
    }

    @Override
    public void close() throws SQLException {
        workload.stopAll();
        measure.close();
    }
}
