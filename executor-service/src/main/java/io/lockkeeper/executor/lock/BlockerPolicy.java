package io.lockkeeper.executor.lock;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;

/**
 * Which sessions of others may be ended when they hold what a step needs. Nobody's, unless somebody has named whose.
 *
 * @param end          how
 * @param applications by exact {@code application_name}
 * @param users        by name
 * @param after        a session is ended only once its transaction is so old
 */
public record BlockerPolicy(End end, Set<String> applications, Set<String> users, Duration after) {

    /** How a session is ended. An idle one has no statement to cancel: it goes only by TERMINATE. */
    public enum End {
        NEVER, CANCEL, TERMINATE
    }

    public static final BlockerPolicy NOBODY = new BlockerPolicy(End.NEVER, Set.of(), Set.of(), Duration.ZERO);

    public BlockerPolicy {
        applications = Set.copyOf(applications);
        users = Set.copyOf(users);
        if (end != End.NEVER && applications.isEmpty() && users.isEmpty()) {
            throw new IllegalArgumentException("lockkeeper.blockers.end is " + end + " but nobody may be ended: name"
                    + " lockkeeper.blockers.applications or lockkeeper.blockers.users, or set it to never");
        }
    }

    /** Those of the holders that may be ended. */
    public List<Blocker> allowed(List<Holder> holders) {
        return end == End.NEVER
                ? List.of()
                : holders.stream().filter(holder -> holder.kind() == Holder.Kind.SESSION).map(Holder::blocker)
                        .filter(blocker -> applications.contains(blocker.application())
                                || users.contains(blocker.user()))
                        .filter(blocker -> blocker.transactionAge().compareTo(after) >= 0).toList();
    }
}
