package io.lockkeeper.executor.history;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Plan.FileVersion;

/** Takes what a team's own tool has applied to a target into the ledger. */
public interface HistoryDesk {

    /**
     * Again does no harm.
     *
     * @param files all of the team's, with their checksums
     * @return empty if there is no such target
     */
    Optional<HistoryAdoption> adopt(String target, List<FileVersion> files);
}
