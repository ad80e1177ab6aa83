package io.lockkeeper.observer.health;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;

/** The target's health over a window, against what it was before the first step. */
public final class HealthCheck {

    /** A rate over fewer transactions is noise. */
    private static final long ENOUGH_TRANSACTIONS = 100;
    private static final double ROLLBACK_SLACK = 0.02;
    private static final long LOCK_WAITER_SLACK = 5;
    private static final long LAG_SLACK_BYTES = 64L << 20;

    private final Duration lockBudget;
    private final Optional<Counters> baseline;
    private final HealthHistory history;
    private final Instant begin;
    private final Instant now;

    /**
     * @param lockBudget longest time that one of ours may make the application wait
     * @param begin      of the window that is judged
     */
    public HealthCheck(Duration lockBudget, Optional<Counters> baseline, HealthHistory history, Instant begin,
            Instant now) {
        this.lockBudget = lockBudget;
        this.baseline = baseline;
        this.history = history;
        this.begin = begin;
        this.now = now;
    }

    /** @param gap statistics older than this say nothing about now */
    public List<Finding> judge(Duration gap) {
        List<Finding> findings = new ArrayList<>();
        findings.add(unbroken(gap));
        findings.add(victims(gap));
        findings.add(rollbacks());
        findings.add(deadlocks());
        findings.add(replicas());
        findings.add(lockWaits());
        findings.add(connections());
        findings.add(traffic());
        findings.add(functions());
        findings.add(deadRows());
        return findings;
    }

    private Finding victims(Duration gap) {
        Finding.Claim claim = claim("lock victims", "nobody waited behind Lockkeeper longer than the lock budget",
                Severity.P1, Words.of(lockBudget), "pg_blocking_pids");
        if (history.last().filter(last -> Duration.between(last.at(), now).compareTo(gap) <= 0).isEmpty()) {
            return claim.waiting("statistics were not read in the last " + gap.toSeconds() + " s");
        }
        List<Victim> seen = history.victimsSince(begin);
        long beyond = seen.stream().filter(victim -> victim.waited().compareTo(lockBudget) > 0).count();
        String longest = seen.stream().map(Victim::waited).max(Comparator.naturalOrder())
                .map(waited -> ", longest " + waited.toMillis() + " ms").orElse("");
        String measure = Words.count(seen.size(), "wait") + " seen, " + beyond + " beyond the budget" + longest;
        return beyond > 0 ? claim.failed(measure, Optional.empty()) : claim.passed(measure, Optional.empty());
    }

    private Finding rollbacks() {
        Finding.Claim claim = claim("rollbacks", "transactions do not fail more often than before", Severity.P1,
                "share of rollbacks at most twice the baseline plus " + percent(ROLLBACK_SLACK), "pg_stat_database");
        return window(claim, (first, last) -> {
            long rollbacks = last.rollbacks() - first.rollbacks();
            long all = rollbacks + last.commits() - first.commits();
            double before = share(baseline.orElseThrow().rollbacks(), baseline.get().commits());
            String measure = rollbacks + " of " + all + " transactions rolled back, before the run "
                    + percent(before);
            boolean more = all >= ENOUGH_TRANSACTIONS && share(rollbacks, all - rollbacks) > 2 * before
                    + ROLLBACK_SLACK;
            return more ? claim.failed(measure, Optional.empty()) : claim.passed(measure, Optional.empty());
        });
    }

    private Finding deadlocks() {
        Finding.Claim claim = claim("deadlocks", "transactions do not deadlock more often than before", Severity.P1,
                "twice as often as before the run", "pg_stat_database");
        return window(claim, (first, last) -> {
            long deadlocks = last.deadlocks() - first.deadlocks();
            Counters before = baseline.orElseThrow();
            double expected = before.commits() == 0
                    ? 0
                    : (double) before.deadlocks() / before.commits() * (last.commits() - first.commits());
            String measure = Words.count(deadlocks, "deadlock") + " since " + Words.of(first.at());
            return deadlocks > Math.ceil(2 * expected)
                    ? claim.failed(measure, Optional.empty())
                    : claim.passed(measure, Optional.empty());
        });
    }

    private Finding replicas() {
        Finding.Claim claim = claim("replication lag", "standbys follow as before", Severity.P1,
                "at most twice the baseline plus " + LAG_SLACK_BYTES + " bytes", "pg_stat_replication");
        return window(claim, (first, last) -> {
            if (last.replicaLagBytes().isEmpty()) {
                return claim.passed("no standby is connected", Optional.empty());
            }
            long lag = last.replicaLagBytes().getAsLong();
            long limit = 2 * baseline.orElseThrow().replicaLagBytes().orElse(0) + LAG_SLACK_BYTES;
            String measure = lag + " bytes behind";
            return lag > limit ? claim.failed(measure, Optional.empty()) : claim.passed(measure, Optional.empty());
        });
    }

    private Finding lockWaits() {
        Finding.Claim claim = claim("lock waits", "sessions do not queue for locks more than before", Severity.P1,
                "at most twice the baseline plus " + LOCK_WAITER_SLACK + " sessions waiting at once", "pg_locks");
        return window(claim, (first, last) -> {
            long peak = history.since(begin).stream().mapToLong(Counters::lockWaiters).max().orElse(0);
            long limit = 2 * baseline.orElseThrow().lockWaiters() + LOCK_WAITER_SLACK;
            String measure = "at most " + Words.count(peak, "session") + " waiting at once, before the run "
                    + baseline.get().lockWaiters();
            return peak > limit ? claim.failed(measure, Optional.empty()) : claim.passed(measure, Optional.empty());
        });
    }

    private Finding connections() {
        Finding.Claim claim = claim("connections", "the server has room for connections", Severity.P2,
                "at most 90 % of max_connections", "pg_stat_activity");
        return window(claim, (first, last) -> {
            String measure = last.connections() + " of " + last.maxConnections();
            return last.connections() * 10 > last.maxConnections() * 9
                    ? claim.failed(measure, Optional.empty())
                    : claim.passed(measure, Optional.empty());
        });
    }

    /** Told beside the verdict, because a backfill or a compare moves them without anything being wrong. */
    private Finding traffic() {
        Finding.Claim claim = claim("traffic", "what the server moves", Severity.P3, "reported",
                "pg_stat_database, pg_stat_user_tables");
        return window(claim, (first, last) -> {
            double seconds = Math.max(1, Duration.between(first.at(), last.at()).toMillis() / 1000.0);
            return claim.passed(String.format(Locale.ROOT,
                    "WAL %.0f bytes/s; temporary files %.0f bytes/s; %s of blocks from the cache, before the run %s;"
                            + " %d sequential scans of watched tables",
                    (last.walBytes() - first.walBytes()) / seconds,
                    (last.temporaryBytes() - first.temporaryBytes()) / seconds,
                    percent(share(last.blocks().hit() - first.blocks().hit(),
                            last.blocks().read() - first.blocks().read())),
                    percent(share(baseline.orElseThrow().blocks().hit(), baseline.get().blocks().read())),
                    last.sequentialScans() - first.sequentialScans()), Optional.empty());
        });
    }

    /** Who was away does not know what happened meanwhile. */
    private Finding unbroken(Duration gap) {
        Finding.Claim claim = claim("watch", "the window was watched without a break", Severity.P1,
                "no break longer than " + Words.of(gap), "samples");
        Optional<Instant> since = history.unbrokenSince(gap);
        return since.filter(from -> !from.isAfter(begin.plus(gap))).isPresent()
                ? claim.passed("watched since " + Words.of(since.get()), Optional.empty())
                : claim.waiting("the window begins at " + Words.of(begin) + ", watched without a break "
                        + since.map(from -> "since " + Words.of(from)).orElse("never"));
    }

    private Finding functions() {
        Finding.Claim claim = claim("function calls", "calls of tracked functions", Severity.P3, "reported",
                "pg_stat_user_functions");
        return window(claim, (first, last) -> {
            if (last.functionCalls().isEmpty() || first.functionCalls().isEmpty()) {
                return claim.unknown("track_functions is none: calls are not counted");
            }
            return claim.passed(last.functionCalls().getAsLong() - first.functionCalls().getAsLong() + " calls",
                    Optional.empty());
        });
    }

    private Finding deadRows() {
        Finding.Claim claim = claim("dead rows", "dead rows of watched tables", Severity.P3, "reported",
                "pg_stat_user_tables");
        return window(claim, (first, last) -> claim.passed(
                last.deadRows().values().stream().mapToLong(Long::longValue).sum() + " dead in "
                        + Words.count(last.deadRows().size(), "watched table"),
                Optional.empty()));
    }

    private interface Comparison {

        Finding of(Counters first, Counters last);
    }

    private Finding window(Finding.Claim claim, Comparison comparison) {
        Optional<Counters> first = history.before(begin);
        Optional<Counters> last = history.last();
        if (first.isEmpty() || last.isEmpty()) {
            return claim.waiting("statistics were not read yet");
        }
        if (baseline.isEmpty()) {
            return claim.unknown("there is no baseline from before the run");
        }
        if (!last.get().statsReset().equals(first.get().statsReset()) || last.get().commits() < first.get().commits()) {
            return claim.waiting("the server's statistics were reset in the window");
        }
        return comparison.of(first.get(), last.get());
    }

    private static Finding.Claim claim(String subject, String text, Severity severity, String limit, String source) {
        return new Finding.Claim(EvidenceKind.HEALTH, subject, text, severity, limit, source);
    }

    private static double share(long part, long rest) {
        return part + rest == 0 ? 0 : (double) part / (part + rest);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
