package io.lockkeeper.executor.postgres;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.executor.step.AttemptOutcome;

/** What the ledger is told, counted for dashboards: per target, never per table or query. */
final class StepMeters {

    private final MeterRegistry registry;
    private final Map<String, Long> rowsOf = new ConcurrentHashMap<>();

    StepMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void begun(Assignment work, int attempt) {
        if (attempt > 1) {
            registry.counter("lockkeeper.step.retries", "target", work.run().target()).increment();
        }
    }

    void over(Assignment work, AttemptOutcome outcome) {
        registry.counter("lockkeeper.step.attempts", "target", work.run().target(), "outcome",
                outcome.name().toLowerCase(Locale.ROOT)).increment();
    }

    void waited(Assignment work, Seen seen) {
        registry.timer("lockkeeper.lock.wait", "target", work.run().target()).record(seen.took());
        seen.victims().forEach(victim -> registry.timer("lockkeeper.lock.victims", "target", work.run().target())
                .record(victim.waited()));
    }

    void ended(Assignment work, String what) {
        registry.counter("lockkeeper.lock.blockers.ended", "target", work.run().target(), "how", what)
                .increment();
    }

    /** @param rows changed so far by the step */
    void moved(Assignment work, Optional<Long> rows) {
        rows.ifPresent(total -> {
            Long before = rowsOf.put(work.run().id() + "/" + work.step().id(), total);
            registry.counter("lockkeeper.backfill.rows", "target", work.run().target())
                    .increment(Math.max(0, total - Optional.ofNullable(before).orElse(0L)));
        });
    }

    void throttled(Assignment work, List<String> reasons) {
        reasons.forEach(reason -> registry.counter("lockkeeper.backfill.throttled", "target", work.run().target(),
                "reason", reason).increment());
    }
}
