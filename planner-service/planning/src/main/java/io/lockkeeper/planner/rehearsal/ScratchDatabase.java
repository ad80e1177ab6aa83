package io.lockkeeper.planner.rehearsal;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.plan.Sample;
import io.lockkeeper.planner.plan.SchemaObject;

/** One database of a scratch server, dropped on close. */
public interface ScratchDatabase extends AutoCloseable {

    /**
     * What statements did to relations that were there when the database was made: others are nobody's yet.
     *
     * @param locks    the strongest on each, by the name before the statements
     * @param rewrites tables and indexes whose file was replaced
     */
    record Trace(List<Step.LockClaim> locks, List<RelationName> rewrites) {

        public Trace {
            locks = List.copyOf(locks);
            rewrites = List.copyOf(rewrites);
        }
    }

    /** A statement failed; the message is the server's. */
    final class StatementFailed extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final String sqlState;

        public StatementFailed(String message, String sqlState, Throwable cause) {
            super(message, cause);
            this.sqlState = sqlState;
        }

        public String sqlState() {
            return sqlState;
        }
    }

    /**
     * @param missing what could not be made, with the reason
     * @param rows    so many were put in
     */
    record Loaded(List<String> missing, long rows) {

        public Loaded {
            missing = List.copyOf(missing);
        }
    }

    /** Makes what can be made, in whatever order works; from rows on, no message quotes a value. */
    Loaded load(List<SchemaObject> schema, Sample sample);

    /**
     * Runs statements in one transaction, or one by one where the server says that it has to be so.
     *
     * @param searchPath what their unqualified names are looked up in
     * @param held       relations that the statements wait for where they run outside of a transaction: somebody writes
     *                   there meanwhile, so that the locks can be read while they are held
     * @throws StatementFailed with everything in the transaction taken back
     */
    Trace run(List<String> statements, String searchPath, List<RelationName> held);

    /** What the server says against statements; nothing that they do stays. */
    Optional<StatementFailed> refuses(List<String> statements, String searchPath);

    boolean returnsRows(String query);

    /** As it is now. */
    Catalog catalog();

    /** The catalog as sorted lines: equal schemas have equal lines. */
    List<String> facts();

    /** As {@code TargetSnapshot.fingerprint}. */
    String fingerprint(RelationName relation);

    /** Ends the connection until the next call. */
    void disconnect();

    @Override
    void close();
}
