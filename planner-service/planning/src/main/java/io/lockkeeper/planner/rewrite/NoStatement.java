package io.lockkeeper.planner.rewrite;

import java.util.Set;

import io.lockkeeper.planner.statement.RefusedStatement;

/** BEGIN, COMMIT and time limits: transactions and timeouts are Lockkeeper's, step by step. */
final class NoStatement implements Rewrite {

    private static final Set<String> OURS = Set.of("lock_timeout", "statement_timeout",
            "idle_in_transaction_session_timeout", "transaction_timeout");

    @Override
    public Set<String> takes() {
        return Set.of("TransactionStmt TRANS_STMT_BEGIN", "TransactionStmt TRANS_STMT_START",
                "TransactionStmt TRANS_STMT_COMMIT", "VariableSetStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        boolean setting = subject.node().is("VariableSetStmt");
        if (setting && !OURS.contains(subject.node().string("name"))) {
            throw new RefusedStatement("session-setting",
                    "SET " + subject.node().string("name") + " is not supported",
                    "It would change what later statements mean.",
                    "Write schemas before names, and leave the setting out.");
        }
        return Sequence.nothing(subject.catalog(),
                (setting ? "SET " + subject.node().string("name") : "BEGIN and COMMIT")
                        + " in the files has no effect: every step has its own transaction and time limits");
    }
}
