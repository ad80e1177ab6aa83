package io.lockkeeper.messages;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What on-call sees. Texts are for people; none holds row data. */
public sealed interface AlertEvent extends Message {

    /** Stable per run, gate and alert name: raise and resolve share it. */
    String alert();

    /**
     * @param name        CamelCase, names the runbook page: {@code LockkeeperNoGo}
     * @param impact      what it means for users
     * @param alreadyDone what Lockkeeper did by itself
     * @param nextAction  the safest thing to do now
     * @param safeToWait  whether leaving it until the morning does harm
     * @param runbook     path of the page below {@code deploy/runbooks}
     * @param owners      whom to ask about what failed, as the release states it
     */
    record AlertRaised(String target, String release, String run, String alert, String name, Severity severity,
            String summary, String impact, @JsonProperty(defaultValue = "[]") List<Evidence> evidence,
            String alreadyDone, String nextAction,
            boolean safeToWait, String runbook, Instant at,
            @JsonProperty(defaultValue = "[]") List<String> owners) implements AlertEvent {

        /** Nobody is named. */
        public AlertRaised(String target, String release, String run, String alert, String name, Severity severity,
                String summary, String impact, List<Evidence> evidence, String alreadyDone, String nextAction,
                boolean safeToWait, String runbook, Instant at) {
            this(target, release, run, alert, name, severity, summary, impact, evidence, alreadyDone, nextAction,
                    safeToWait, runbook, at, List.of());
        }

        public AlertRaised {
            require(target, release, run, alert, name, at);
            Texts.required(severity, "severity");
            Texts.required(summary, "summary");
            Texts.required(impact, "impact");
            Texts.required(alreadyDone, "alreadyDone");
            Texts.required(nextAction, "nextAction");
            Texts.required(runbook, "runbook");
            evidence = Texts.listOrEmpty(evidence, "evidence");
            owners = Texts.listOrEmpty(owners, "owners");
        }
    }

    /** @param reason what cleared it: a later verdict, or the end of the run */
    record AlertResolved(String target, String release, String run, String alert, String name, String reason,
            Instant at) implements AlertEvent {

        public AlertResolved {
            require(target, release, run, alert, name, at);
            Texts.required(reason, "reason");
        }
    }

    private static void require(String target, String release, String run, String alert, String name, Instant at) {
        Texts.required(target, "target");
        Texts.required(release, "release");
        Texts.required(run, "run");
        Texts.required(alert, "alert");
        Texts.required(name, "name");
        Texts.required(at, "at");
    }
}
