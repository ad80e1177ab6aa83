package io.lockkeeper.observer.observation;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.observer.alert.AlertStore;
import io.lockkeeper.observer.caller.CallerSource;
import io.lockkeeper.observer.caller.ServerLog;
import io.lockkeeper.observer.gate.Keys;
import io.lockkeeper.observer.health.HealthSampler;
import io.lockkeeper.observer.invariant.GaugeReader;
import io.lockkeeper.observer.invariant.InvariantRunner;
import io.lockkeeper.observer.invariant.Prober;
import io.lockkeeper.observer.invariant.RuleLanguage;
import io.lockkeeper.observer.ledger.Ledger;
import io.lockkeeper.observer.parity.CompareStore;
import io.lockkeeper.observer.parity.CopyCompare;
import io.lockkeeper.observer.parity.RowCompare;
import io.lockkeeper.observer.session.ApplicationEvents;

/**
 * What the judging thread of one target works with: one connection behind them all.
 *
 * @param wants of the server's log, what failed for want of a name or a right
 */
public record JudgePorts(Ledger ledger, ObservationStore store, CompareStore compares, AlertStore alerts,
        ApplicationEvents events, RowCompare compare, CopyCompare copies, Keys keys, InvariantRunner invariants,
        GaugeReader gauges, Prober prober,
        RuleLanguage rules, HealthSampler health, Server server, Slots slots, ChangeStreams streams,
        CallerSource callers, ServerLog wants, ServerLog log, PostgresGrammar grammar) {}
