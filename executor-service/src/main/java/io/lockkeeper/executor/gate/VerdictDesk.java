package io.lockkeeper.executor.gate;

import java.util.Optional;

import io.lockkeeper.messages.Verdict;

/** Where verdicts are handed in. */
public interface VerdictDesk {

    /**
     * Keeps the verdict in the ledger and lets the gate pass if it opens it; a second one with the same id changes
     * nothing.
     *
     * @return what became of it; empty if there is no such target or no ledger in it
     * @throws io.lockkeeper.target.SqlFailure if the target cannot be reached; hand it in again
     */
    Optional<Receipt> receive(String source, String id, Verdict verdict);
}
