package io.lockkeeper.planner.analysis;

import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.catalog.Ties;
import io.lockkeeper.planner.statement.Names;

/** What concerns the session alone: transactions, settings, cursors, explicit locks. */
final class Sessions implements Operation {

    /** Settings that change when a statement gives up or how loud it is, not what it means. */
    private static final Set<String> HARMLESS = Set.of("lock_timeout", "statement_timeout",
            "idle_in_transaction_session_timeout", "transaction_timeout", "client_min_messages", "application_name",
            "maintenance_work_mem", "max_parallel_maintenance_workers");

    @Override
    public Set<String> takes() {
        return Set.of("TransactionStmt TRANS_STMT_BEGIN", "TransactionStmt TRANS_STMT_START",
                "TransactionStmt TRANS_STMT_COMMIT", "TransactionStmt TRANS_STMT_ROLLBACK",
                "TransactionStmt TRANS_STMT_SAVEPOINT", "TransactionStmt TRANS_STMT_RELEASE",
                "TransactionStmt TRANS_STMT_ROLLBACK_TO", "VariableSetStmt", "VariableShowStmt", "LockStmt",
                "ConstraintsSetStmt", "ClosePortalStmt", "FetchStmt", "DeallocateStmt", "DiscardStmt", "ListenStmt",
                "UnlistenStmt", "NotifyStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        if (node.is("LockStmt")) {
            lock(node, effects);
        } else if (node.is("VariableSetStmt") && !HARMLESS.contains(node.string("name"))) {
            effects.deploy(DeploymentClass.UNKNOWN);
            effects.hazard(Hazard.UNKNOWN);
            effects.find(Rule.SESSION_SETTING,
                    "SET " + node.string("name") + " changes what the statements after it mean");
        } else if (node.is("TransactionStmt") && node.string("kind").startsWith("TRANS_STMT_ROLLBACK")) {
            effects.unknown("what comes before a ROLLBACK does not happen");
        } else if (node.string("target").equals("DISCARD_ALL")) {
            effects.outsideTransaction();
        }
    }

    /** @param node its mode is numbered from 1 as in the server's {@code lockdefs.h} */
    private static void lock(SyntaxNode node, Effects effects) {
        LockMode mode = LockMode.values()[node.integer("mode") - 1];
        for (SyntaxNode table : node.list("relations")) {
            RelationName name = Names.of(table);
            Written.tree(name, table, effects).forEach(part -> lock(part, mode, effects));
            if (effects.inUse(name) && mode.blocksApplication()) {
                effects.hazard(Hazard.BLOCKS_WRITES);
                if (mode == LockMode.ACCESS_EXCLUSIVE) {
                    effects.hazard(Hazard.BLOCKS_READS);
                }
                effects.find(Rule.EXPLICIT_LOCK, name + " is locked until the transaction ends");
            }
        }
    }

    private static void lock(Relation relation, LockMode mode, Effects effects) {
        effects.lock(relation, mode);
        if (relation.kind() == Kind.VIEW) {
            Ties.below(relation.name(), effects.after()).forEach(below -> lock(below, mode, effects));
        }
    }
}
