package io.lockkeeper.executor.step;

import io.lockkeeper.executor.fault.CrashPoints;
import io.lockkeeper.executor.lock.LockPolicy;
import io.lockkeeper.executor.lock.Lookout;
import io.lockkeeper.executor.pace.Pace;
import io.lockkeeper.executor.recovery.Tenure;

/** Everything a step works with. */
public record StepContext(Tenure tenure, Assignment work, StepLedger ledger, LockPolicy locks, CrashPoints crash,
        Pace pace) {

    Lookout lookout() {
        return new Lookout(tenure.watch());
    }
}
