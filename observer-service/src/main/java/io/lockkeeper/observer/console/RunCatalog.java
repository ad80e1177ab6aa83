package io.lockkeeper.observer.console;

import java.util.List;
import java.util.Optional;

/** Port: reads runs of all targets, from their ledgers and our own schema. Safe from any thread. */
public interface RunCatalog {

    /** The latest runs of each reachable target, the latest first. */
    List<RunSummary> runs();

    Optional<RunDetail> run(String run);
}
