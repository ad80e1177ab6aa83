package io.lockkeeper.executor.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.lockkeeper.executor.lock.Replicas;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;

/** Looks at a target with the migrator's eyes: what is missing, and what that costs. Changes nothing. */
public final class Doctor {

    private final boolean endsBlockers;

    /** @param endsBlockers whether this executor is configured to end sessions of others */
    public Doctor(boolean endsBlockers) {
        this.endsBlockers = endsBlockers;
    }

    public List<Finding> examine(Session session, Target target, Replicas replicas) {
        List<Finding> findings = new ArrayList<>();
        add(findings, "server-version", () -> serverVersion(session));
        add(findings, "pooler", () -> Capabilities.pooler(session));
        add(findings, "wal-level", () -> Capabilities.walLevel(session));
        add(findings, "replication-slots", () -> Capabilities.slots(session));
        add(findings, "slot-wal-limit", () -> Capabilities.slotLimit(session));
        add(findings, "column-lists", () -> Capabilities.columnLists(session));
        add(findings, "track-functions", () -> Capabilities.trackFunctions(session));
        add(findings, "statement-statistics", () -> Capabilities.statements(session));
        add(findings, "replicas", () -> Capabilities.replicas(session, target, replicas));
        add(findings, "owner-role", () -> Grants.owner(session, target));
        add(findings, "schema-grant", () -> Grants.schemaGrant(session, target));
        add(findings, "publication-grant", () -> Grants.publicationGrant(session, target));
        add(findings, "activity-grant", () -> Grants.activityGrant(session));
        add(findings, "signal-grant", () -> Grants.signalGrant(session, endsBlockers));
        add(findings, "ledger", () -> Grants.ledger(session));
        add(findings, "connections", () -> Limits.connections(session));
        add(findings, "connection-limit", () -> Limits.connectionLimit(session));
        add(findings, "session-timeouts", () -> Limits.sessionTimeouts(session));
        add(findings, "event-triggers", () -> Limits.eventTriggers(session));
        findings.addAll(Capabilities.replicaIdentity(session));
        findings.addAll(Leftovers.find(session));
        return findings;
    }

    /** Versions that lose data, or lack what steps need. */
    public static Finding serverVersion(Session session) {
        return Capabilities.serverVersion(session);
    }

    private static void add(List<Finding> findings, String check, Supplier<Finding> examination) {
        findings.add(Finding.of(check, examination));
    }

    static String setting(Session session, String name) {
        return session.query("SELECT current_setting($1::text) AS value", name).get(0).getString("value");
    }

    static String currentUser(Session session) {
        return session.query("SELECT current_user::text AS name").get(0).getString("name");
    }
}
