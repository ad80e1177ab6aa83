package io.lockkeeper.observer.config;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.ReleaseEvent;
import io.lockkeeper.observer.alert.Alert;
import io.lockkeeper.observer.alert.PagerRound;
import io.lockkeeper.observer.console.RunWatcher;
import io.lockkeeper.observer.http.Alertmanager;
import io.lockkeeper.observer.observation.Announcer;
import io.lockkeeper.observer.observation.TargetObservation;
import io.lockkeeper.observer.postgres.SqlApplicationEvents;
import io.lockkeeper.observer.postgres.TargetConnection;
import io.lockkeeper.service.EventRecords;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;
import io.lockkeeper.target.TargetRegistry;

/** One observation for each target of the registry, begun and ended as target files come and go. */
@ApplicationScoped
public class Observers {

    private static final Logger LOG = Logger.getLogger(Observers.class);
    private static final int KEEP_ATTEMPTS = 5;
    private static final Duration WATCHDOG_EVERY = Duration.ofSeconds(30);
    /** A round that is older says that a target is not observed. */
    private static final Duration WATCHDOG_BITES = Duration.ofMinutes(2);
    private static final Duration KEEP_PAUSE = Duration.ofSeconds(2);

    private final TargetRegistry registry;
    private final Vertx vertx;
    private final Announcer announcer;
    private final Settings settings;
    private final RunWatcher watcher;
    private final Outside outside;
    private final Optional<Alertmanager> alertmanager;
    private final List<PagerRound> pagers = new ArrayList<>();
    private final Map<String, Observed> observed = new ConcurrentHashMap<>();
    private final Map<String, String> unusable = new HashMap<>();
    private final ScheduledExecutorService rounds = Executors.newScheduledThreadPool(3, task -> {
        Thread thread = new Thread(task, "rounds");
        thread.setDaemon(true);
        return thread;
    });

    private record Observed(Target target, TargetObservation observation) {}

    Observers(TargetRegistry registry, Vertx vertx, Announcer announcer, Settings settings, RunWatcher watcher,
            Receivers receivers, MeterRegistry meters,
            @ConfigProperty(name = "lockkeeper.prometheus.url") Optional<URI> prometheus,
            @ConfigProperty(name = "lockkeeper.probes.allowed") Optional<List<URI>> probes,
            @ConfigProperty(name = "lockkeeper.sensitive-columns") Optional<List<String>> sensitive) {
        this.registry = registry;
        this.vertx = vertx;
        this.announcer = announcer;
        this.settings = settings;
        this.watcher = watcher;
        this.outside = new Outside(prometheus, probes.orElse(List.of()), sensitive.orElse(List.of()));
        meters.gauge("lockkeeper.alerts.firing", this,
                observers -> observers.alerts().stream().filter(Alert::firing).count());
        meters.gauge("lockkeeper.targets.observed", this, observers -> observers.observed.size());
        meters.gauge("lockkeeper.targets.troubled", this, observers -> observers.troubles().size());
        Gauge.builder("lockkeeper.round.age", this, observers -> observers.oldestRound().toSeconds())
                .baseUnit("seconds").description("Time since the target looked at longest ago was looked at")
                .register(meters);
        this.alertmanager = receivers.alertmanager();
        receivers.all().forEach(receiver -> pagers.add(new PagerRound(receiver)));
    }

    void start(@Observes StartupEvent event) {
        every(settings.registry(), "registry", this::reconcile);
        every(Duration.ofSeconds(1), "console", watcher::look);
        for (PagerRound pager : pagers) {
            every(Duration.ofSeconds(1), "pager", () -> pager.page(alerts(), Clock.systemUTC().instant()));
        }
        alertmanager.ifPresent(receiver -> every(WATCHDOG_EVERY, "watchdog", () -> {
            if (oldestRound().compareTo(WATCHDOG_BITES) < 0) {
                receiver.watchdog(Clock.systemUTC().instant());
            }
        }));
    }

    private Duration oldestRound() {
        Instant now = Clock.systemUTC().instant();
        return observed.values().stream().map(known -> Duration.between(known.observation().lastRound(), now))
                .max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }

    void stop(@Observes ShutdownEvent event) {
        rounds.shutdownNow();
        observed.values().parallelStream().forEach(known -> known.observation().close());
    }

    public void wake(String target) {
        Observed known = observed.get(target);
        if (known != null) {
            known.observation().wake();
        }
    }

    /**
     * Keeps an application event in the target that it names.
     *
     * @throws EventRecords.ContractViolation if there is no such target, or it cannot be reached for some time
     */
    public void keep(Envelope envelope, ReleaseEvent event) {
        Target target = registry.find(event.target()).orElseThrow(() -> new EventRecords.ContractViolation(
                "target " + event.target() + " is not in the registry: add it and replay the event"));
        for (int attempt = 1;; attempt++) {
            try (TargetConnection connection = new TargetConnection(vertx, target, Role.OBSERVER, "events")) {
                new SqlApplicationEvents(connection).keep(envelope, event);
                wake(event.target());
                return;
            } catch (SqlFailure | TargetException e) {
                if (attempt == KEEP_ATTEMPTS) {
                    throw new EventRecords.ContractViolation("target " + event.target()
                            + " did not keep the event after " + attempt + " attempts: " + e.getMessage());
                }
                pause(attempt);
            }
        }
    }

    /** By target: why it cannot be observed. */
    public Map<String, String> troubles() {
        Map<String, String> troubles = new HashMap<>();
        observed.forEach((name, known) -> known.observation().trouble().ifPresent(why -> troubles.put(name, why)));
        return troubles;
    }

    private List<Alert> alerts() {
        List<Alert> alerts = new ArrayList<>();
        observed.values().forEach(known -> alerts.addAll(known.observation().alerts()));
        return alerts;
    }

    private void reconcile() {
        List<String> names = registry.names();
        for (String name : names) {
            usable(name).ifPresent(target -> {
                Observed known = observed.get(name);
                if (known != null && !known.target().equals(target)) {
                    end(name);
                }
                observed.computeIfAbsent(name, ignored -> begin(target));
            });
        }
        observed.keySet().stream().filter(name -> !names.contains(name)).toList().forEach(this::end);
    }

    private Optional<Target> usable(String name) {
        try {
            Optional<Target> target = registry.find(name);
            unusable.remove(name);
            return target;
        } catch (TargetException e) {
            if (!e.getMessage().equals(unusable.put(name, e.getMessage()))) {
                LOG.warnf("target file is not usable target=%s reason=%s", name, e.getMessage());
            }
            return Optional.empty();
        }
    }

    private Observed begin(Target target) {
        LOG.infof("observation of a target begins target=%s", target.name());
        TargetObservation observation = Observations.of(vertx, target, announcer, settings.observation(),
                outside, Clock.systemUTC());
        observation.start();
        return new Observed(target, observation);
    }

    private void end(String name) {
        LOG.infof("observation of a target ends target=%s", name);
        observed.remove(name).observation().close();
    }

    private void every(Duration period, String what, Runnable work) {
        rounds.scheduleWithFixedDelay(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.errorf(e, "a round failed, the next one tries again round=%s", what);
            }
        }, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void pause(int attempt) {
        try {
            TimeUnit.MILLISECONDS.sleep(KEEP_PAUSE.toMillis() * attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
