package io.lockkeeper.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.Installation;
import io.lockkeeper.cli.RunText;
import io.lockkeeper.cli.Terminal;
import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.RunView.GateView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.cli.client.Services.Planned;
import io.lockkeeper.cli.client.Services.Refused;
import io.lockkeeper.cli.client.VerdictView;
import io.lockkeeper.cli.manifest.HumanDuration;
import io.lockkeeper.cli.manifest.ReleaseDirectory;
import io.lockkeeper.cli.stack.Stack;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.RunState;

/**
 * One release of the sample shop under load: version 1 works from before the release until after `migrated`, version 2
 * from `migrated` on, and for some seconds both do.
 */
public final class Demo {

    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration CONTROL = Duration.ofSeconds(4);
    private static final Duration BOTH_VERSIONS = Duration.ofSeconds(4);
    private static final Duration POLL = Duration.ofMillis(250);

    /**
     * @param hold    how long a session sits idle in a transaction on the hot table when the release starts
     * @param seed    of the workload's choices
     * @param timeout for the release alone
     * @param keep    the caller leaves the stack running
     */
    public record Options(int rows, Optional<Duration> hold, long seed, Duration timeout, boolean keep) {}

    private final Installation installation;
    private final Stack stack;
    private final Terminal terminal;
    private final Options options;

    public Demo(Installation installation, Stack stack, Terminal terminal, Options options) {
        this.installation = installation;
        this.stack = stack;
        this.terminal = terminal;
        this.options = options;
    }

    /** Runs it on a stack that is not started; the result line is the last that it prints. */
    public int run() {
        long began = System.nanoTime();
        terminal.line("starting PostgreSQL and Kafka…");
        stack.startServers();
        terminal.line("starting the services, and filling the shop with %d orders…", options.rows());
        CompletableFuture<Stack> services = CompletableFuture.supplyAsync(stack::startServices);
        ShopDatabase shop = ShopDatabase.create(installation, stack.home(), stack.postgres(), ShopDatabase.TARGET,
                options.rows());
        join(services);
        terminal.line("ready after %s. Page: %s", HumanDuration.format(since(began)), stack.endpoints().observer());
        try (Connection measure = shop.measure();
                BlockedSessions blocked = new BlockedSessions(shop.measure());
                Workload workload = new Workload(version -> shop.applicationUrl(version.applicationName()),
                        options.rows(), options.seed())) {
            return release(shop, workload, blocked, measure, began);
        } catch (SQLException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "cannot measure the shop's database: " + e.getMessage(), e);
        }
    }

    private int release(ShopDatabase shop, Workload workload, BlockedSessions blocked, Connection measure, long began)
            throws SQLException {
        Tally tally = workload.tally();
        terminal.line("version 1 of the shop is at work: %d connections, seed %d", Workload.CONNECTIONS,
                options.seed());
        workload.start(ShopVersion.ONE);
        pause(WARM_UP);
        tally.nextWindow();
        pause(CONTROL);
        Tally.Stall control = tally.nextWindow();
        terminal.line("without a release: longest stall %d ms", control.millis());

        ReleaseRequested release = ReleaseDirectory.read(ShopDatabase.release(installation),
                Optional.of(ShopDatabase.TARGET), Optional.empty());
        Optional<HeldTransaction> held = Optional.empty();
        if (options.hold().isPresent()) {
            held = Optional.of(new HeldTransaction(shop.applicationUrl(HeldTransaction.APPLICATION_NAME),
                    options.hold().get()));
            terminal.line("%s has read orders and sits idle in its transaction for %s",
                    HeldTransaction.APPLICATION_NAME, HumanDuration.format(options.hold().get()));
        }
        try {
            Follower follower = new Follower(stack.clients(), workload, blocked, measure, release);
            RunView end = follower.follow();
            Tally.Stall stall = tally.longest();
            workload.stopAll();
            LedgerFigures figures = LedgerFigures.read(measure, end.run());
            DemoResult result = new DemoResult(end.state().name(), tally.statements(), tally.failures(),
                    tally.heals(), tally.states(), control, stall, blocked.victims(), blocked.longest(),
                    end.state() == RunState.COMPLETED ? workload.check(measure) : new Workload.Check(0, 0), figures,
                    release.policy().lockBudget(), release.policy().profile(), since(began), options.seed());
            return print(result, end, tally, blocked);
        } finally {
            held.ifPresent(HeldTransaction::close);
        }
    }

    private int print(DemoResult result, RunView end, Tally tally, BlockedSessions blocked) {
        terminal.line("");
        if (end.state() != RunState.COMPLETED) {
            terminal.line(RunText.headline(end));
            RunText.steps(end).forEach(text -> terminal.line("%s", text));
            terminal.line("logs: %s", stack.home().logs());
        }
        tally.firstFailure().ifPresent(first -> terminal.line("first failed statement: %s", first));
        if (!blocked.broken().isEmpty()) {
            terminal.line("sampling of blocked sessions broke off: %s", blocked.broken());
        }
        result.table().forEach(text -> terminal.line("%s", text));
        terminal.line("");
        if (options.keep()) {
            terminal.line("still running, until Ctrl-C: page %s, LOCKKEEPER_HOME=%s", stack.endpoints().observer(),
                    stack.home().path());
        }
        terminal.line("%s", result.resultLine());
        return result.good() && blocked.broken().isEmpty() ? ExitCode.DONE : ExitCode.NO_GO;
    }

    /** Publishes the release, shows how it goes, and does what CI would do on the way. */
    private final class Follower {

        private final Services services;
        private final Workload workload;
        private final BlockedSessions blocked;
        private final Connection measure;
        private final ReleaseRequested release;
        private final long deadline = System.nanoTime() + options.timeout().toNanos();
        private Optional<Long> newVersionSince = Optional.empty();
        private boolean oldVersionRetired;

        Follower(Services services, Workload workload, BlockedSessions blocked, Connection measure,
                ReleaseRequested release) {
            this.services = services;
            this.workload = workload;
            this.blocked = blocked;
            this.measure = measure;
            this.release = release;
        }

        /** @return the run at its end, or where it was when time was up */
        RunView follow() throws SQLException {
            String event = services.release(release, Optional.empty());
            terminal.line("release %s is requested: %d file, as CI would send it", release.release(),
                    release.files().size());
            Plan plan = awaitPlan(event);
            terminal.line("planned: %d steps, gates %s", plan.steps().size(),
                    String.join(" → ", plan.gates().stream().map(gate -> gate.wireName()).toList()));
            String id = Services.runOf(release.target(), event);
            while (true) {
                Optional<RunView> run = services.run(release.target(), id);
                if (run.isPresent()) {
                    RunView view = run.get();
                    show(view);
                    deploy(view);
                    if (view.state().terminal() || view.state() == RunState.HALTED) {
                        terminal.endBlock();
                        return view;
                    }
                }
                if (timeIsUp()) {
                    terminal.endBlock();
                    terminal.line("not there after %s", HumanDuration.format(options.timeout()));
                    return run.orElseThrow(() -> new CommandFailure(ExitCode.TIMED_OUT,
                            "the executor never claimed the plan; logs: " + stack.home().logs()));
                }
                pause(POLL);
            }
        }

        private Plan awaitPlan(String event) {
            while (true) {
                Services.Planning planning = services.planning(event);
                if (planning instanceof Planned planned) {
                    return planned.plan();
                }
                if (planning instanceof Refused refused) {
                    throw Services.refused(refused.refusals());
                }
                if (timeIsUp()) {
                    throw new CommandFailure(ExitCode.TIMED_OUT,
                            "the planner never planned the release; logs: " + stack.home().logs());
                }
                pause(POLL);
            }
        }

        private boolean timeIsUp() {
            return System.nanoTime() - deadline >= 0;
        }

        private void deploy(RunView run) {
            if (newVersionSince.isEmpty() && run.milestones().contains("migrated")) {
                terminal.line("migrated: version 2 of the shop is deployed beside version 1");
                workload.start(ShopVersion.TWO);
                report("deployed", ShopVersion.TWO);
                newVersionSince = Optional.of(System.nanoTime());
            } else if (!oldVersionRetired && newVersionSince
                    .filter(when -> since(when).compareTo(BOTH_VERSIONS) > 0).isPresent()) {
                workload.stop(ShopVersion.ONE);
                report("retired", ShopVersion.ONE);
                oldVersionRetired = true;
                terminal.line("version 1 of the shop is retired");
            }
        }

        private void report(String happening, ShopVersion version) {
            services.version(happening, release.target(), release.release(), release.application().name(),
                    version.number());
        }

        private void show(RunView run) throws SQLException {
            Tally tally = workload.tally();
            List<String> lines = new ArrayList<>();
            lines.add(RunText.headline(run));
            List<String> plain = new ArrayList<>(List.of(lines.get(0)));
            lines.add(String.format(Locale.ROOT,
                    "shop: %d statements, %d failed, %d healed; longest stall %d ms; %d waits behind Lockkeeper, the longest %d ms",
                    tally.statements(), tally.failures(), tally.heals(), tally.longest().millis(), blocked.victims(),
                    blocked.longest().toMillis()));
            List<String> blockers = LedgerFigures.blockers(measure, run.run());
            if (!blockers.isEmpty()) {
                plain.add("lock holders seen: " + String.join(", ", blockers));
                lines.add(plain.get(1));
            }
            run.openGate().flatMap(gate -> verdict(run, gate)).ifPresent(verdict -> {
                lines.add("verdict: " + RunText.verdict(verdict));
                // What is measured changes with every look; a log wants to know what is asked, once.
                plain.add("verdict: " + RunText.asked(verdict));
            });
            terminal.block(lines, plain);
        }

        private Optional<VerdictView> verdict(RunView run, GateView gate) {
            return services.lastVerdict(run.run())
                    .filter(last -> last.gate() == gate.gate() && last.gateAttempt() == gate.attempt());
        }
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static void pause(Duration duration) {
        try {
            TimeUnit.MILLISECONDS.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.TIMED_OUT, "interrupted", e);
        }
    }

    /** A home that nobody else uses, under the temporary directory. */
    public static Path temporaryHome() {
        try {
            return Files.createTempDirectory("lockkeeper-demo-");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "cannot make a temporary directory: " + e.getMessage(), e);
        }
    }
}
