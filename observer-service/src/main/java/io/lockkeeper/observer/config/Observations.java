package io.lockkeeper.observer.config;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

import io.vertx.core.Vertx;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Gauge;
import io.lockkeeper.observer.cdc.DebeziumStreams;
import io.lockkeeper.observer.cel.CelRules;
import io.lockkeeper.observer.http.HttpProber;
import io.lockkeeper.observer.http.Prometheus;
import io.lockkeeper.observer.invariant.GaugeReader;
import io.lockkeeper.observer.observation.Announcer;
import io.lockkeeper.observer.observation.JudgePorts;
import io.lockkeeper.observer.observation.ObserverSettings;
import io.lockkeeper.observer.observation.SamplePorts;
import io.lockkeeper.observer.observation.TargetObservation;
import io.lockkeeper.observer.postgres.HashedKeys;
import io.lockkeeper.observer.postgres.SqlAlertStore;
import io.lockkeeper.observer.postgres.SqlApplicationEvents;
import io.lockkeeper.observer.postgres.SqlCallers;
import io.lockkeeper.observer.postgres.SqlCompareStore;
import io.lockkeeper.observer.postgres.SqlCopyCompare;
import io.lockkeeper.observer.postgres.SqlGauges;
import io.lockkeeper.observer.postgres.SqlHealth;
import io.lockkeeper.observer.postgres.SqlInvariants;
import io.lockkeeper.observer.postgres.SqlLedger;
import io.lockkeeper.observer.postgres.SqlObservationStore;
import io.lockkeeper.observer.postgres.SqlRowCompare;
import io.lockkeeper.observer.postgres.SqlServer;
import io.lockkeeper.observer.postgres.SqlServerLog;
import io.lockkeeper.observer.postgres.SqlSessionCount;
import io.lockkeeper.observer.postgres.SqlSlots;
import io.lockkeeper.observer.postgres.TargetConnection;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Target;

/** Puts the parts of one target's observation together. */
public final class Observations {

    /** One per process is enough; it costs nothing while it has no work. */
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar(1);

    private Observations() {}

    /** Nothing is asked beside the database, and no column is sensitive. */
    public static TargetObservation of(Vertx vertx, Target target, Announcer announcer, ObserverSettings settings,
            Clock clock) {
        return of(vertx, target, announcer, settings, Outside.NOTHING, clock);
    }

    /** @param outside what is asked and told beside the database */
    public static TargetObservation of(Vertx vertx, Target target, Announcer announcer, ObserverSettings settings,
            Outside outside, Clock clock) {
        TargetConnection judge = new TargetConnection(vertx, target, Role.OBSERVER, "judge");
        TargetConnection sample = new TargetConnection(vertx, target, Role.OBSERVER, "sample");
        TargetConnection slots = new TargetConnection(vertx, target, Role.CDC, "slots");
        Map<String, TargetConnection> replicas = replicas(vertx, target, "replica");
        Map<String, TargetConnection> sampledReplicas = replicas(vertx, target, "sample-replica");
        GaugeReader sql = new SqlGauges(judge);
        GaugeReader prometheus = new Prometheus(outside.prometheus());
        GaugeReader gauges = gauge -> (gauge.language() == Gauge.Language.PROMQL ? prometheus : sql).read(gauge);
        JudgePorts judging = new JudgePorts(new SqlLedger(judge, target.name()), new SqlObservationStore(judge),
                new SqlCompareStore(judge), new SqlAlertStore(judge), new SqlApplicationEvents(judge),
                new SqlRowCompare(judge), new SqlCopyCompare(judge),
                new HashedKeys(outside.sensitive()), new SqlInvariants(judge), gauges,
                new HttpProber(outside.probes()), new CelRules(),
                new SqlHealth(judge), new SqlServer(judge),
                new SqlSlots(judge, slots), new DebeziumStreams(vertx, target), new SqlCallers(judge, replicas),
                SqlServerLog.ofWants(judge), SqlServerLog.whole(judge),
                GRAMMAR);
        SamplePorts sampling = new SamplePorts(new SqlSessionCount(sample, sampledReplicas, clock),
                new SqlHealth(sample));
        return new TargetObservation(target.name(), judging, sampling, announcer, settings, clock, () -> {
            judge.close();
            sample.close();
            slots.close();
            replicas.values().forEach(TargetConnection::close);
            sampledReplicas.values().forEach(TargetConnection::close);
        });
    }

    private static Map<String, TargetConnection> replicas(Vertx vertx, Target target, String purpose) {
        Map<String, TargetConnection> replicas = new LinkedHashMap<>();
        target.readers().forEach(replica -> replicas.put(replica.host() + ":" + replica.port(),
                new TargetConnection(vertx, replica, Role.OBSERVER, purpose)));
        return replicas;
    }
}
