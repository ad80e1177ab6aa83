package io.lockkeeper.observer.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;

/** Has the old version been away for the whole soak? */
public final class OldSessions {

    private static final int SHOWN = 5;

    private OldSessions() {}

    /**
     * @param soak  absent while nobody has looked
     * @param blind why the last look saw nothing
     * @param turnedBack when CD last said that the old version serves again: the soak begins anew, whoever was seen
     * @param gap   a soak whose last look is older says nothing about now
     */
    public static Finding judge(Application application, Gate gate, Duration required, Optional<Soak> soak,
            Optional<String> blind, Optional<Instant> turnedBack, Instant now, Duration gap) {
        // Until something was taken away, an old session is what the gate waits for; afterwards it is what breaks.
        boolean takenAway = gate == Gate.FINALIZE || gate == Gate.WATCHED;
        Finding.Claim claim = new Finding.Claim(EvidenceKind.OLD_SESSIONS,
                application.name() + " " + application.fromVersion().orElse("none"),
                "no session of the old version during the soak", takenAway ? Severity.P1 : Severity.P2,
                "0 sessions for " + Words.of(required), "pg_stat_activity");
        if (application.fromVersion().isEmpty()) {
            return claim.passed("a first release: there is no old version", Optional.empty());
        }
        if (application.oldSessions().isEmpty()) {
            return claim.unknown("the release does not say how sessions of the old version are told apart: state"
                    + " application.oldSessions");
        }
        if (blind.isPresent()) {
            return claim.unknown(blind.get());
        }
        if (soak.flatMap(Soak::lastLook).filter(last -> Duration.between(last, now).compareTo(gap) <= 0).isEmpty()) {
            return claim.waiting("sessions were not counted in the last " + gap.toSeconds() + " s");
        }
        Soak known = soak.get();
        if (known.callers() > 0) {
            String measure = Words.count(known.callers(), "session") + " of the old version" + names(known);
            return takenAway ? claim.failed(measure, Optional.empty()) : claim.waiting(measure);
        }
        Optional<Instant> anew = turnedBack.filter(known.since()::isBefore);
        Instant until = anew.orElse(known.since()).plus(required);
        String measure = "0 sessions since " + Words.of(known.since())
                + known.lastSeen().map(at -> ", last one seen at " + Words.of(at)).orElse(", none seen")
                + anew.map(at -> "; reported back at " + Words.of(at)).orElse("");
        return until.isAfter(now)
                ? claim.waiting(measure + "; the soak lasts until " + Words.of(until))
                : claim.passed(measure, Optional.empty());
    }

    /** By application name: {@code : shop/1.4 (2), shop/1.5 (1)}. */
    private static String names(Soak soak) {
        return soak.byName().isEmpty()
                ? ""
                : ": " + soak.byName().entrySet().stream().sorted(Map.Entry.comparingByKey()).limit(SHOWN)
                        .map(name -> (name.getKey().isEmpty() ? "unnamed" : name.getKey()) + " (" + name.getValue()
                                + ")")
                        .collect(Collectors.joining(", "));
    }
}
