package io.lockkeeper.executor.recovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jboss.logging.Logger;

import io.lockkeeper.executor.lock.Replicas;
import io.lockkeeper.executor.pace.Pace;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;

/**
 * Takes a target over, from nobody or from an executor that died: first the advisory lock, then the orphans' end, then
 * the epoch. In this order nothing of the old executor can commit after the new one has looked.
 */
public final class Adoption {

    private static final Logger LOG = Logger.getLogger(Adoption.class);
    private static final Duration ORPHANS_END = Duration.ofSeconds(30);

    /** Opens sessions as the migrator. */
    public interface Sessions {

        /** @param purpose last part of the application name */
        Session open(Target target, String purpose);
    }

    /** Not the database that the ledger was written in, or not reached directly: nothing is done until a person says. */
    public static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private final Sessions sessions;
    private final TargetLedger ledger;
    private final Pace pace;
    private final String executor;
    private final int workers;

    /**
     * @param executor name of this process
     * @param workers  work sessions per target
     */
    public Adoption(Sessions sessions, TargetLedger ledger, Pace pace, String executor, int workers) {
        this.sessions = sessions;
        this.ledger = ledger;
        this.pace = pace;
        this.executor = executor;
        this.workers = workers;
    }

    /**
     * @return empty if another executor has the target, or no run was ever claimed on it
     * @throws SqlFailure if the target cannot be reached
     * @throws Refused    if it is not the database that the ledger was written in, or a pooler stands before it
     */
    public Optional<Tenure> take(Target target) {
        List<Session> opened = new ArrayList<>();
        try {
            Session keeper = open(target, "keeper", opened);
            Pooler.advice(keeper).ifPresent(advice -> {
                throw new Refused(advice);
            });
            if (!ledger.tryLock(keeper)) {
                close(opened);
                return Optional.empty();
            }
            Session main = open(target, "ledger", opened);
            Optional<TargetLedger.Standing> standing = ledger.standing(main, target.name());
            if (standing.isEmpty()) {
                close(opened);
                return Optional.empty();
            }
            if (!standing.get().database().continues(standing.get().recorded())) {
                throw new Refused(DatabaseIdentity.advice(target.name(), standing.get().database(),
                        standing.get().recorded()));
            }
            endOrphans(main, target, standing.get().backends());
            Session watch = open(target, "watch", opened);
            List<Session> work = new ArrayList<>();
            for (int number = 0; number < workers; number++) {
                work.add(open(target, "work-" + number, opened));
            }
            List<Integer> pids = opened.stream().map(Session::backendPid).toList();
            int timeline = standing.get().database().timeline();
            if (timeline != standing.get().recorded().timeline()) {
                LOG.warnf("goes on after a failover: target=%s timeline=%d before=%d", target.name(), timeline,
                        standing.get().recorded().timeline());
            }
            long epoch = ledger.raiseEpoch(main, target.name(), executor, pids, timeline);
            ledger.closeAttempts(main, target.name());
            LOG.infof("target taken: target=%s epoch=%d executor=%s", target.name(), epoch, executor);
            return Optional.of(new Tenure(target, executor, epoch, keeper, main, watch, work,
                    new Replicas(target.readers(), replica -> sessions.open(replica, "replica"))));
        } catch (RuntimeException | Error e) {
            close(opened);
            throw e;
        }
    }

    /** A backend left behind may finish its statement by itself: it must be gone before the catalog is probed. */
    private void endOrphans(Session session, Target target, List<Integer> backends) {
        if (!ledger.anyAlive(session, backends)) {
            return;
        }
        LOG.warnf("ending backends of an executor that is gone: target=%s pids=%s", target.name(), backends);
        var deadline = pace.now().plus(ORPHANS_END);
        ledger.terminate(session, backends);
        while (ledger.anyAlive(session, backends)) {
            if (pace.now().isAfter(deadline)) {
                throw new SqlFailure("57014", "backends " + backends + " of an executor that is gone do not end within "
                        + ORPHANS_END.toSeconds() + " s: look at them in pg_stat_activity", null);
            }
            pace.pause(Duration.ofMillis(50));
        }
    }

    private Session open(Target target, String purpose, List<Session> opened) {
        Session session = sessions.open(target, purpose);
        opened.add(session);
        return session;
    }

    private static void close(List<Session> opened) {
        for (int index = opened.size() - 1; index >= 0; index--) {
            opened.get(index).close();
        }
    }
}
