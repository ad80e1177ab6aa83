package io.lockkeeper.observer.caller;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.caller.CallerSource.Uncounted;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;

/** Does anybody still use what the contract phase takes away? */
public final class Callers {

    private static final String ROUTINE_RULE = "routine-mentions-column";
    private static final int SHOWN = 5;

    private final CallerWatch watch;
    private final Tripwire tripwire;
    private final CallerSource source;
    private final Policy policy;
    private final boolean takenAway;
    private final Optional<Instant> turnedBack;

    /** @param turnedBack when CD last said that the old version serves again: the soak begins anew, whoever called */
    public Callers(CallerWatch watch, Tripwire tripwire, CallerSource source, Policy policy, Gate gate,
            Optional<Instant> turnedBack) {
        this.turnedBack = turnedBack;
        this.watch = watch;
        this.tripwire = tripwire;
        this.source = source;
        this.policy = policy;
        // Until something was taken away, a caller is what the gate waits for; afterwards it is what breaks.
        this.takenAway = gate == Gate.FINALIZE || gate == Gate.WATCHED;
    }

    public List<Finding> judge(Duration required, Instant now) {
        if (watch.shape().isEmpty()) {
            return List.of(claim("none", "nobody uses the old shape", "0 callers", "plan")
                    .passed("the plan takes no name away", Optional.empty()));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(statements(required, now));
        watch.blind().forEach(node -> findings.add(blind(node)));
        findings.add(dependents());
        findings.add(routines());
        jobs().ifPresent(findings::add);
        findings.add(standbys());
        findings.add(tripwire.judge(required, takenAway, now));
        return findings;
    }

    private Finding statements(Duration required, Instant now) {
        Finding.Claim claim = claim("statements", "no statement names the old shape", "0 calls for "
                + Words.of(required), "pg_stat_statements, parsed");
        CallerSoak soak = watch.soak().orElseThrow();
        if (soak.nodes().isEmpty()) {
            // Not every server counts statements: the profile's other items must do, and this one says what is missing.
            return claim.withSeverity(Severity.P3).unknown("statements are counted on no node");
        }
        Optional<Instant> anew = turnedBack.filter(soak.since()::isBefore);
        Instant until = anew.orElse(soak.since()).plus(required);
        String measure = "0 calls since " + Words.of(soak.since()) + " (" + soak.why() + ")"
                + anew.map(at -> "; the old version was reported back at " + Words.of(at)).orElse("");
        if (!until.isAfter(now)) {
            return claim.passed(measure, Optional.empty());
        }
        return takenAway && soak.lastCall().filter(soak.since()::equals).isPresent()
                ? claim.failed(measure, Optional.empty())
                : claim.waiting(measure + "; the soak lasts until " + Words.of(until));
    }

    private Finding blind(Uncounted node) {
        Finding.Claim claim = claim("statements of " + node.node(), "statements are counted", "readable",
                "pg_stat_statements");
        boolean wasThere = watch.soak().filter(soak -> soak.nodes().containsKey(node.node())).isPresent();
        return wasThere || node.installed()
                ? claim.unknown(node.why())
                : claim.withSeverity(Severity.P3).unknown(node.why());
    }

    private Finding dependents() {
        Finding.Claim claim = claim("views, policies and triggers", "nothing in the database needs the old shape",
                "none", "pg_depend");
        List<String> needing = source.dependents(watch.shape());
        return needing.isEmpty()
                ? claim.passed("none", Optional.empty())
                : claim.failed(named(needing) + ": replace or drop them", Optional.empty());
    }

    private Finding routines() {
        Finding.Claim claim = claim("routines", "no routine's body names the old shape", "none",
                "bodies of routines, parsed; pg_stat_user_functions");
        List<String> naming = watch.naming(source.routines(watch.shape())).stream()
                .filter(routine -> !watch.shape().routines().isEmpty() || watch.shape().retired().stream()
                        .anyMatch(shape -> shape.columns().isEmpty()
                                || shape.columns().stream().anyMatch(
                                        column -> !policy.allows(ROUTINE_RULE, shape.relation() + "." + column))))
                .map(routine -> routine.identity() + (routine.calls().isPresent()
                        ? " (" + Words.count(routine.calls().getAsLong(), "call") + " counted)"
                        : ""))
                .toList();
        return naming.isEmpty()
                ? claim.passed("none", Optional.empty())
                : claim.failed(named(naming) + ": replace them, or name the exception " + ROUTINE_RULE,
                        Optional.empty());
    }

    /** Where nothing is scheduled, nothing is said. */
    private Optional<Finding> jobs() {
        Finding.Claim claim = claim("scheduled jobs", "no scheduled job names the old shape", "none",
                "cron.job, parsed");
        Optional<Map<String, String>> jobs = source.jobs();
        if (jobs.isEmpty()) {
            return Optional.of(claim.unknown("cron.job cannot be read whole: GRANT USAGE ON SCHEMA cron and SELECT ON"
                    + " cron.job to the observer, and BYPASSRLS, or every job but its own stays hidden"));
        }
        List<String> naming = jobs.get().entrySet().stream()
                .filter(job -> watch.shape().namedByStatement(job.getValue())).map(Map.Entry::getKey).sorted().toList();
        if (jobs.get().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(naming.isEmpty()
                ? claim.passed("none of " + jobs.get().size(), Optional.empty())
                : claim.failed(named(naming) + ": change or unschedule them", Optional.empty()));
    }

    private Finding standbys() {
        Finding.Claim claim = claim("standbys", "statements of every standby are seen", "0 standbys unseen",
                "pg_stat_replication");
        int unseen = source.unwatchedStandbys();
        return unseen == 0
                ? claim.passed("0 unseen", Optional.empty())
                : claim.unknown(Words.count(unseen, "standby") + " beyond the target's `replicas`: whoever reads there"
                        + " is not seen; name them in the target file");
    }

    private Finding.Claim claim(String subject, String text, String limit, String sourceText) {
        return new Finding.Claim(EvidenceKind.CALLERS, subject, text, takenAway ? Severity.P1 : Severity.P2, limit,
                sourceText);
    }

    private static String named(List<String> names) {
        return Words.count(names.size(), "caller") + ": " + String.join(", ", names.stream().limit(SHOWN).toList())
                + (names.size() > SHOWN ? ", …" : "");
    }
}
