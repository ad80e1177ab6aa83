package io.lockkeeper.observer.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;
import io.lockkeeper.observer.session.VersionEvent.Kind;

/**
 * Is the new version reported deployed and the old one retired? The last word on each version counts: by the clocks of those
 * who say it, and by when it came. Clocks disagree and events are delayed, so both must say the same.
 */
public final class Rollout {

    private static final String SOURCE = "release events of the application";

    private Rollout() {}

    public static List<Finding> judge(Application application, List<VersionEvent> events) {
        List<Finding> findings = new ArrayList<>();
        findings.add(deployed(application, last(events, application.toVersion(), Kind.DEPLOYED)));
        application.fromVersion().ifPresent(version -> findings.add(retired(application, version,
                last(events, version, Kind.RETIRED))));
        return findings;
    }

    /** When CD last said that the old version serves again: the new one rolled back, or the old one deployed. */
    public static Optional<Instant> turnedBack(Application application, List<VersionEvent> events) {
        return events.stream()
                .filter(event -> event.kind() == Kind.ROLLED_BACK && event.version().equals(application.toVersion())
                        || event.kind() == Kind.DEPLOYED
                                && application.fromVersion().filter(event.version()::equals).isPresent())
                .map(VersionEvent::kept).max(Comparator.naturalOrder());
    }

    private static Finding deployed(Application application, Optional<VersionEvent> last) {
        String subject = application.name() + " " + application.toVersion();
        Finding.Claim claim = new Finding.Claim(EvidenceKind.ROLLOUT, subject, "the new version takes traffic",
                Severity.P1, "reported deployed", SOURCE);
        if (last.isEmpty()) {
            return claim.waiting("not reported deployed yet");
        }
        if (last.get().kind() == Kind.DEPLOYED) {
            return claim.passed("deployed at " + Words.of(last.get().at()), Optional.empty());
        }
        return claim.failed((last.get().kind() == Kind.RETIRED ? "retired at " : "rolled back at ")
                + Words.of(last.get().at()),
                Optional.empty());
    }

    private static Finding retired(Application application, String version, Optional<VersionEvent> last) {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.ROLLOUT, application.name() + " " + version,
                "the old version takes no traffic", Severity.P1, "reported retired", SOURCE);
        return last.filter(event -> event.kind() == Kind.RETIRED)
                .map(event -> claim.passed("retired at " + Words.of(event.at()), Optional.empty()))
                .orElseGet(() -> claim.waiting("not reported retired yet"));
    }

    /** Where the two orders disagree, the word that is not the wanted one. */
    private static Optional<VersionEvent> last(List<VersionEvent> events, String version, Kind wanted) {
        return Stream.of(Comparator.comparing(VersionEvent::at), Comparator.comparing(VersionEvent::kept))
                .flatMap(order -> events.stream().filter(event -> event.version().equals(version)).max(order).stream())
                .min(Comparator.comparing(event -> event.kind() == wanted));
    }
}
