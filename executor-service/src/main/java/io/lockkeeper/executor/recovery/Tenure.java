package io.lockkeeper.executor.recovery;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.executor.lock.Replicas;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;

/**
 * This executor's hold on one target: the session advisory lock, the epoch that was raised under it, and the sessions
 * whose backends the ledger knows. It ends with any of its sessions; whoever comes next takes over from the ledger.
 *
 * @param executor name of this process in the ledger
 * @param keeper   holds the advisory lock, idle outside a transaction, so that CREATE INDEX CONCURRENTLY does not wait
 *                 for it
 * @param ledger   short transactions on the ledger
 * @param watch    looks at locks and progress while a work session is busy
 * @param work     act on the target; each has its own thread at a time
 * @param replicas the target's standbys
 */
public record Tenure(Target target, String executor, long epoch, Session keeper, Session ledger, Session watch,
        List<Session> work, Replicas replicas) implements AutoCloseable {

    public Tenure {
        work = List.copyOf(work);
    }

    public boolean intact() {
        return keeper.open() && ledger.open() && watch.open() && work.stream().allMatch(Session::open);
    }

    /** First work session: the one of steps that need only one. */
    public Session hand() {
        return work.get(0);
    }

    /** {@code SET LOCAL ROLE …;} to the owner of the tables; empty where the migrator owns them itself. */
    public String asOwner() {
        return role("SET LOCAL ROLE ");
    }

    /** The same outside a transaction: stays until {@link #asOurselves()}. */
    public String sessionAsOwner() {
        return role("SET ROLE ");
    }

    public String asOurselves() {
        return "RESET ROLE";
    }

    private String role(String set) {
        Optional<String> owner = target.ownerRole();
        return owner.map(role -> set + Identifier.quote(role) + ";\n").orElse("");
    }

    @Override
    public void close() {
        work.forEach(Session::close);
        replicas.close();
        watch.close();
        ledger.close();
        // Last: as long as it lives, nobody else begins.
        keeper.close();
    }
}
