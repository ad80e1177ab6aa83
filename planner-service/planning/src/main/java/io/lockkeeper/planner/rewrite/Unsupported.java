package io.lockkeeper.planner.rewrite;

import java.util.Map;

import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.StatementKind;

/** What is refused by name: nothing is passed through on hope. */
final class Unsupported {

    private record Reason(String hazard, String advice) {}

    private static final Reason DATA = new Reason(
            "Its rows are not in the file, so nobody can review, repeat or resume it.",
            "Write INSERT … VALUES or INSERT … SELECT.");
    private static final Reason BREAKS = new Reason("It breaks every statement of the old version at once.",
            "Create the new object under its new name beside the old one, and drop the old one in a later release.");
    private static final Reason REWRITES = new Reason("It rewrites the table under ACCESS EXCLUSIVE.",
            "Make a new table as you want it, let the application write both, and move over; or do it in a maintenance"
                    + " window.");
    private static final Reason TREE = new Reason("It locks both tables, and changes what queries on the parent find.",
            "Use declarative partitioning: CREATE TABLE … PARTITION BY, and ATTACH PARTITION.");
    private static final Reason RIGHTS = new Reason("Rights and settings of the server are not a release's business.",
            "Change them by the means of whoever operates the database.");
    private static final Reason EVENTS = new Reason(
            "It fires on the DDL of everybody in the database, the steps and undos of this plan among them, and only a superuser"
                    + " may change it.",
            "Deploy its function by a release, tried by a call; then let a superuser create the trigger by hand, or change it, between"
                    + " releases, ALTER EVENT TRIGGER … DISABLE at hand.");
    private static final Reason OPAQUE = new Reason("What it does cannot be known from its text.",
            "Write its statements out as plain SQL.");
    private static final Reason LATER = new Reason("What it locks and whom it breaks is not known here yet.",
            "Leave it out of the release and run it by hand with a lock_timeout.");

    private static final Map<String, Reason> REASONS = Map.ofEntries(
            Map.entry("CopyStmt", DATA),
            Map.entry("TruncateStmt", new Reason("It takes ACCESS EXCLUSIVE and every row; change streams see no keys.",
                    "Delete in batches, detach and drop a partition, or drop the table.")),
            Map.entry("ExecuteStmt", OPAQUE),
            Map.entry("RenameStmt OBJECT_SCHEMA", BREAKS), Map.entry("RenameStmt OBJECT_FUNCTION", BREAKS),
            Map.entry("RenameStmt OBJECT_TYPE", BREAKS), Map.entry("RenameStmt OBJECT_DOMAIN", BREAKS),
            Map.entry("RenameStmt OBJECT_ATTRIBUTE", BREAKS), Map.entry("AlterObjectSchemaStmt", BREAKS),
            Map.entry("DropStmt OBJECT_DOMAIN", BREAKS), Map.entry("DropStmt OBJECT_TYPE", BREAKS),
            Map.entry("DropStmt OBJECT_SEQUENCE", BREAKS), Map.entry("DropStmt OBJECT_SCHEMA", BREAKS),
            Map.entry("VacuumStmt",
                    new Reason("VACUUM and ANALYZE take part in no transaction; VACUUM FULL rewrites the"
                            + " table under ACCESS EXCLUSIVE.",
                            "Leave VACUUM and ANALYZE to autovacuum; against bloat use pg_repack or pg_squeeze.")),
            Map.entry("CreateEventTrigStmt", EVENTS), Map.entry("AlterEventTrigStmt", EVENTS),
            Map.entry("DropStmt OBJECT_EVENT_TRIGGER", EVENTS),
            Map.entry("RenameStmt OBJECT_EVENT_TRIGGER", EVENTS),
            Map.entry("ClusterStmt", REWRITES),
            Map.entry("LockStmt", new Reason("It holds the lock until the end of its transaction.",
                    "Leave it out: each step takes its locks under a budget.")),
            Map.entry("AT_AddInherit", TREE), Map.entry("AT_DropInherit", TREE),
            Map.entry("AT_SetTableSpace", REWRITES), Map.entry("AT_SetLogged", REWRITES),
            Map.entry("AT_SetUnLogged", REWRITES), Map.entry("AT_SetAccessMethod", REWRITES),
            Map.entry("GrantStmt", RIGHTS), Map.entry("AlterOwnerStmt", RIGHTS),
            Map.entry("AT_ChangeOwner", RIGHTS),
            Map.entry("AT_AddConstraint CONSTR_EXCLUSION", new Reason(
                    "It builds an index under ACCESS EXCLUSIVE; an EXCLUDE constraint cannot be NOT VALID.",
                    "Create a new table with the constraint, let the application write both, and move over.")),
            Map.entry("TransactionStmt TRANS_STMT_ROLLBACK", OPAQUE));

    private Unsupported() {}

    static RefusedStatement refuse(String kind) {
        Reason reason = REASONS.getOrDefault(kind, LATER);
        return new RefusedStatement("unsupported-statement", StatementKind.words(kind) + " is not supported",
                reason.hazard(), reason.advice());
    }
}
