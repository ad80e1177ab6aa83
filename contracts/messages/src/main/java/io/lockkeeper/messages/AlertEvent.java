package io.lockkeeper.messages;

import java.time.Instant;
import java.util.List;

/** What on-call sees. */
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
     */
    record AlertRaised(String target, String release, String run, String alert, String name, Severity severity,
            String summary, String impact, List<Evidence> evidence, String alreadyDone, String nextAction,
            boolean safeToWait, String runbook, Instant at) implements AlertEvent {

        public AlertRaised {
            evidence = List.copyOf(evidence);
        }
    }

    record AlertResolved(String target, String release, String run, String alert, String name, String reason,
            Instant at) implements AlertEvent {}
}
