package io.lockkeeper.planner.analysis;

import java.util.HashSet;
import java.util.Set;

import io.lockkeeper.planner.statement.StatementKind;

/** What cannot be told from the text, or concerns the server as a whole: unknown on purpose. */
final class Unforeseeable implements Operation {

    private static final Set<String> OPAQUE = Set.of("DoStmt", "CallStmt", "ExecuteStmt", "LoadStmt",
            "DropOwnedStmt", "ReassignOwnedStmt", "AlterTableMoveAllStmt", "CreateCastStmt", "CreateTransformStmt",
            "AlterOpFamilyStmt", "AlterOperatorStmt", "ImportForeignSchemaStmt", "CreateEventTrigStmt",
            "AlterEventTrigStmt", "TransactionStmt TRANS_STMT_PREPARE", "TransactionStmt TRANS_STMT_COMMIT_PREPARED",
            "TransactionStmt TRANS_STMT_ROLLBACK_PREPARED", "AlterCollationStmt");

    private static final Set<String> OUTSIDE_TRANSACTION = Set.of("CreatedbStmt", "DropdbStmt",
            "CreateTableSpaceStmt", "DropTableSpaceStmt", "AlterSystemStmt", "CreateSubscriptionStmt",
            "DropSubscriptionStmt", "AlterSubscriptionStmt");

    private static final Set<String> SERVER = Set.of("CreateExtensionStmt", "AlterExtensionStmt",
            "AlterExtensionContentsStmt", "CreateRoleStmt", "AlterRoleStmt", "AlterRoleSetStmt", "DropRoleStmt",
            "GrantRoleStmt", "AlterDatabaseStmt", "AlterDatabaseSetStmt", "AlterDatabaseRefreshCollStmt",
            "AlterTableSpaceOptionsStmt", "CheckPointStmt", "CreateAmStmt", "CreatePLangStmt", "CreateFdwStmt",
            "AlterFdwStmt", "CreateForeignServerStmt", "AlterForeignServerStmt", "CreateUserMappingStmt",
            "AlterUserMappingStmt", "DropUserMappingStmt");

    @Override
    public Set<String> takes() {
        Set<String> all = new HashSet<>(OPAQUE);
        all.addAll(OUTSIDE_TRANSACTION);
        all.addAll(SERVER);
        return all;
    }

    @Override
    public void tell(Written written, Effects effects) {
        String kind = StatementKind.of(written.node());
        if (OPAQUE.contains(kind)) {
            effects.unknown("what " + StatementKind.words(kind) + " does cannot be told from its text");
            return;
        }
        if (OUTSIDE_TRANSACTION.contains(kind)) {
            effects.outsideTransaction();
        }
        effects.deploy(DeploymentClass.UNKNOWN);
        effects.hazard(Hazard.UNKNOWN);
        effects.find(Rule.OPERATE_SERVER, StatementKind.words(kind) + " is the operator's business");
    }
}
