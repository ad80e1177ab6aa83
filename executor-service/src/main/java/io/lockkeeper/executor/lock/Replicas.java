package io.lockkeeper.executor.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jboss.logging.Logger;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;

/**
 * The standbys of one target. An ACCESS EXCLUSIVE lock is replayed there: it waits for readers and stops the replay, or ends
 * them. So they are looked at before the lock is asked for. Sessions are opened when they are first needed.
 */
public final class Replicas implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Replicas.class);

    private final List<Target> replicas;
    private final Function<Target, Session> open;
    private final Map<Target, Session> sessions = new HashMap<>();
    private final Set<Target> away = new HashSet<>();

    /** @param replicas each as a target of its own */
    public Replicas(List<Target> replicas, Function<Target, Session> open) {
        this.replicas = List.copyOf(replicas);
        this.open = open;
    }

    /** A standby that does not answer has no readers that could be hurt; it is told once. */
    List<Holder> holders(List<LockClaim> claims, Duration olderThan) {
        List<LockClaim> replayed = claims.stream().filter(claim -> claim.mode() == LockMode.ACCESS_EXCLUSIVE).toList();
        List<Holder> holders = new ArrayList<>();
        for (Target replica : replayed.isEmpty() ? List.<Target>of() : replicas) {
            try {
                Session session = sessions.computeIfAbsent(replica, open);
                Lookout.sessions(session, replayed, olderThan).forEach(holder -> holders.add(new Holder(
                        Holder.Kind.REPLICA_SESSION, holder.claim(), at(replica, holder.blocker()))));
                away.remove(replica);
            } catch (SqlFailure | TargetException e) {
                forget(replica);
                if (away.add(replica)) {
                    LOG.warnf("a replica cannot be looked at, its readers are not waited for: target=%s replica=%s:%d"
                            + " reason=%s", replica.name(), replica.host(), replica.port(), e.getMessage());
                }
            }
        }
        return holders;
    }

    /** Those that do not answer now, or are no standby any more, by address. */
    public List<String> away() {
        List<String> gone = new ArrayList<>();
        for (Target replica : replicas) {
            try {
                if (!sessions.computeIfAbsent(replica, open).query("SELECT pg_is_in_recovery() AS standby").get(0)
                        .getBoolean("standby")) {
                    gone.add(replica.host() + ":" + replica.port());
                }
            } catch (SqlFailure | TargetException e) {
                forget(replica);
                gone.add(replica.host() + ":" + replica.port());
            }
        }
        return gone;
    }

    private void forget(Target replica) {
        Session broken = sessions.remove(replica);
        if (broken != null) {
            broken.close();
        }
    }

    private static Blocker at(Target replica, Blocker blocker) {
        return new Blocker(blocker.pid(), blocker.application() + " on " + replica.host() + ":" + replica.port(),
                blocker.user(), blocker.state(), blocker.transactionAge(), blocker.queryId());
    }

    @Override
    public void close() {
        sessions.values().forEach(Session::close);
        sessions.clear();
    }
}
