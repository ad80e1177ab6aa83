package io.lockkeeper.observer;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Probe;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.messages.SessionSelector;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.messages.Watch.ParityPair;
import io.lockkeeper.messages.Watch.WatchedRelation;

/** What a test's plan asks to be watched, beside {@code orders} in two shapes. */
final class TestWatch {

    private final EvidenceProfile profile;
    private List<Invariant> invariants = List.of();
    private List<Watch.Retired> retired = List.of();
    private List<RowRule> rules = List.of();
    private List<Gauge> gauges = List.of();
    private List<Watch.RetiredRoutine> routines = List.of();
    private List<Copy> copies = List.of();
    private List<Probe> probes = List.of();
    private String old = "shop/1";

    private TestWatch(EvidenceProfile profile) {
        this.profile = profile;
    }

    static TestWatch of(EvidenceProfile profile) {
        return new TestWatch(profile);
    }

    TestWatch invariants(List<Invariant> stated) {
        invariants = stated;
        return this;
    }

    TestWatch retired(List<Watch.Retired> names) {
        retired = names;
        return this;
    }

    TestWatch rules(List<RowRule> stated) {
        rules = stated;
        return this;
    }

    TestWatch gauges(List<Gauge> stated) {
        gauges = stated;
        return this;
    }

    TestWatch routines(List<Watch.RetiredRoutine> names) {
        routines = names;
        return this;
    }

    TestWatch copies(Copy... stated) {
        copies = List.of(stated);
        return this;
    }

    TestWatch probes(List<Probe> stated) {
        probes = stated;
        return this;
    }

    /** @param pattern on the application name of the old version's sessions */
    TestWatch oldSessions(String pattern) {
        old = pattern;
        return this;
    }

    Watch with(Optional<Watch.Stream> stream) {
        Application application = new Application("shop", Optional.of("1"), "2",
                Optional.of(new SessionSelector(SessionSelector.By.APPLICATION_NAME, old)),
                Optional.of(new SessionSelector(SessionSelector.By.APPLICATION_NAME, "shop/2")));
        ParityPair pair = new ParityPair("orders.total", TestRelease.ORDERS, List.of("id"),
                "\"total\" IS DISTINCT FROM \"total_new\"", "zzzz_sync",
                List.of(Gate.SWAP, Gate.CONTRACT, Gate.FINALIZE));
        return new Watch(stream, List.of(new WatchedRelation(TestRelease.ORDERS, List.of("id"), stream.isPresent())),
                List.of(pair), invariants, application, profile, retired, rules, gauges, routines, copies, probes);
    }
}
