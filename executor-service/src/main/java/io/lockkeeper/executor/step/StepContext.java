package io.lockkeeper.executor.step;

import java.time.Duration;
import java.time.Instant;

import io.lockkeeper.executor.fault.CrashPoints;
import io.lockkeeper.executor.lock.DutyCycle;
import io.lockkeeper.executor.lock.LockPolicy;
import io.lockkeeper.executor.lock.Lookout;
import io.lockkeeper.executor.pace.Pace;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.throttle.Hooks;

/** Everything a step works with. */
public record StepContext(Tenure tenure, Assignment work, StepLedger ledger, LockPolicy locks, DutyCycle duty,
        Hooks hooks, CrashPoints crash, Pace pace) {

    private static final Duration LOOK = Duration.ofMillis(500);

    /** Between two attempts; ends early when the run no longer wants the step. */
    void rest(Duration duration) {
        Instant end = pace.now().plus(duration);
        while (pace.now().isBefore(end) && !Thread.currentThread().isInterrupted() && ledger.wanted(tenure, work)) {
            Duration left = Duration.between(pace.now(), end);
            pace.pause(left.compareTo(LOOK) < 0 ? left : LOOK);
        }
    }

    StepContext with(Assignment other) {
        return new StepContext(tenure, other, ledger, locks, duty, hooks, crash, pace);
    }

    Lookout lookout() {
        return new Lookout(tenure.watch()).with(tenure.replicas());
    }
}
