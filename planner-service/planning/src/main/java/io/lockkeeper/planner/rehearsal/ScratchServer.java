package io.lockkeeper.planner.rehearsal;

/** A PostgreSQL server on which nobody works: databases are made and dropped there at will. */
public interface ScratchServer {

    /** {@code server_version_num} */
    int version();

    /** An empty database. */
    ScratchDatabase create();

    /** The same database once more. Nobody may be connected to the original: see {@link ScratchDatabase#disconnect()}. */
    ScratchDatabase copy(ScratchDatabase original);
}
