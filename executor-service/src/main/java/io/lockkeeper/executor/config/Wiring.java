package io.lockkeeper.executor.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.executor.claim.ClaimDesk;
import io.lockkeeper.executor.control.ControlDesk;
import io.lockkeeper.executor.doctor.Doctor;
import io.lockkeeper.executor.fault.CrashPoints;
import io.lockkeeper.executor.gate.VerdictDesk;
import io.lockkeeper.executor.history.HistoryDesk;
import io.lockkeeper.executor.http.HttpAlertPath;
import io.lockkeeper.executor.http.HttpHooks;
import io.lockkeeper.executor.lock.BlockerPolicy;
import io.lockkeeper.executor.lock.LockPolicy;
import io.lockkeeper.executor.outbox.Publisher;
import io.lockkeeper.executor.outbox.Relay;
import io.lockkeeper.executor.pace.SystemPace;
import io.lockkeeper.executor.postgres.MigratorSessions;
import io.lockkeeper.executor.postgres.Outbox;
import io.lockkeeper.executor.postgres.PostgresClaimDesk;
import io.lockkeeper.executor.postgres.PostgresControlDesk;
import io.lockkeeper.executor.postgres.PostgresCursorLedger;
import io.lockkeeper.executor.postgres.PostgresHistoryDesk;
import io.lockkeeper.executor.postgres.PostgresRunLedger;
import io.lockkeeper.executor.postgres.PostgresStepLedger;
import io.lockkeeper.executor.postgres.PostgresTargetLedger;
import io.lockkeeper.executor.postgres.PostgresVerdictDesk;
import io.lockkeeper.executor.postgres.RecordFiles;
import io.lockkeeper.executor.postgres.RunReader;
import io.lockkeeper.executor.preflight.AlertPath;
import io.lockkeeper.executor.preflight.Preflight;
import io.lockkeeper.executor.recovery.Adoption;
import io.lockkeeper.executor.throttle.Hooks;
import io.lockkeeper.executor.worker.StepRunner;
import io.lockkeeper.executor.worker.Workers;
import io.lockkeeper.target.TargetRegistry;

/** Puts the executor together: the only place that knows all its parts. */
@ApplicationScoped
public class Wiring {

    private static final String HOOKS = "lockkeeper.throttle.hooks.";

    private final TargetRegistry targets;
    private final MigratorSessions sessions;
    private final CrashPoints crash;
    private final Outbox outbox = new Outbox();
    private final RunReader reader = new RunReader();
    private final AtomicReference<Workers> workers = new AtomicReference<>();
    private final Consumer<String> wake = target -> Optional.ofNullable(workers.get())
            .ifPresent(running -> running.wake(target));

    Wiring(TargetRegistry targets, Vertx vertx,
            @ConfigProperty(name = "lockkeeper.crash-at") Optional<String> crashAt) {
        this.targets = targets;
        this.sessions = new MigratorSessions(vertx);
        this.crash = new CrashPoints(crashAt);
    }

    void start(@Observes StartupEvent event, Publisher publisher, MeterRegistry meters, Config settings,
            @ConfigProperty(name = "lockkeeper.backfill.workers") int backfillWorkers,
            @ConfigProperty(name = "lockkeeper.backfill.nice") double nice,
            @ConfigProperty(name = "lockkeeper.backfill.processors") int processors,
            @ConfigProperty(name = "lockkeeper.backfill.bad-rows") int badRows,
            @ConfigProperty(name = "lockkeeper.patrol-interval") Duration patrolInterval,
            @ConfigProperty(name = "lockkeeper.targets-at-once") int targetsAtOnce,
            @ConfigProperty(name = "lockkeeper.records") Optional<Path> records,
            @ConfigProperty(name = "lockkeeper.preflight.alert-path") Optional<URI> alertPath,
            @ConfigProperty(name = "lockkeeper.blockers.end") BlockerPolicy.End endBlockers,
            @ConfigProperty(name = "lockkeeper.blockers.applications") Optional<Set<String>> blockingApplications,
            @ConfigProperty(name = "lockkeeper.blockers.users") Optional<Set<String>> blockingUsers,
            @ConfigProperty(name = "lockkeeper.blockers.after") Duration endBlockersAfter) {
        var blockers = new BlockerPolicy(endBlockers, blockingApplications.orElse(Set.of()),
                blockingUsers.orElse(Set.of()), endBlockersAfter);
        BackfillPolicy backfill = BackfillPolicy.DEFAULT.with(backfillWorkers, nice).on(processors)
                .leaving(badRows);
        var pace = new SystemPace();
        var adoption = new Adoption(sessions, new PostgresTargetLedger(), pace, processName(), backfill.workers());
        Hooks hooks = hooks(settings);
        var preflight = new Preflight(hooks, alertPath.<AlertPath>map(HttpAlertPath::new).orElse(AlertPath.NONE), pace);
        var steps = new StepRunner(new PostgresStepLedger(outbox, meters), new PostgresCursorLedger(),
                policy -> LockPolicy.of(policy).ending(blockers), backfill, hooks, crash, pace);
        Relay.Factory relays = (target, needed) -> new Relay(target, needed, sessions, outbox, publisher);
        workers.set(new Workers(targets, adoption, sessions,
                new PostgresRunLedger(reader, outbox, new RecordFiles(records)),
                preflight, steps, relays,
                patrolInterval, targetsAtOnce));
        workers.get().start();
    }

    /** {@code lockkeeper.throttle.hooks.<name>}: an address. */
    private static Hooks hooks(Config settings) {
        Map<String, URI> addresses = new HashMap<>();
        for (String name : settings.getPropertyNames()) {
            if (name.startsWith(HOOKS)) {
                addresses.put(name.substring(HOOKS.length()), settings.getValue(name, URI.class));
            }
        }
        return new HttpHooks(addresses);
    }

    void stop(@Observes ShutdownEvent event) {
        Optional.ofNullable(workers.getAndSet(null)).ifPresent(Workers::close);
    }

    @Produces
    @Singleton
    ClaimDesk claims() {
        return new PostgresClaimDesk(targets, sessions, outbox, crash, wake);
    }

    @Produces
    @Singleton
    VerdictDesk verdicts() {
        return new PostgresVerdictDesk(targets, sessions, reader, outbox, Clock.systemUTC(), wake);
    }

    @Produces
    @Singleton
    ControlDesk controls() {
        return new PostgresControlDesk(targets, sessions, reader, outbox, wake);
    }

    @Produces
    @Singleton
    HistoryDesk histories() {
        return new PostgresHistoryDesk(targets, sessions);
    }

    @Produces
    @Singleton
    MigratorSessions sessions() {
        return sessions;
    }

    @Produces
    @Singleton
    RunReader runs() {
        return reader;
    }

    @Produces
    @Singleton
    Doctor doctor(@ConfigProperty(name = "lockkeeper.blockers.end") BlockerPolicy.End endBlockers) {
        return new Doctor(endBlockers != BlockerPolicy.End.NEVER);
    }

    /** For people who read the ledger: where to find the process. */
    private static String processName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unnamed-host";
        }
        return host + ":" + ProcessHandle.current().pid();
    }
}
