package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Stage;

/**
 * How a column of a busy table becomes NOT NULL: a CHECK that is first asked of new rows only, then validated by a scan
 * under SHARE UPDATE EXCLUSIVE, which hinders neither readers nor writers. SET NOT NULL then believes the CHECK and does
 * not scan (PostgreSQL 12 and later), so that its ACCESS EXCLUSIVE lock is held for a catalog update alone.
 */
record NotNullProof(RelationName table, String column, String check) {

    static NotNullProof of(RelationName table, String column, String release) {
        return new NotNullProof(table, column, GeneratedName.of(column, release, table, "not-null"));
    }

    /** Asks new rows, then proves old ones. Rejects new NULLs from the first step on. */
    List<Draft> prove(Stage stage) {
        return List.of(
                Draft.ddl(stage, "ask-not-null-" + table.name() + "-" + column,
                        "Ask that new rows of " + table + " have " + column, List.of(addCheck()),
                        // ACCESS EXCLUSIVE, but NOT VALID: no scan, only a catalog update.
                        Draft.lock(table, LockMode.ACCESS_EXCLUSIVE))
                        .undoneBy(dropCheck(true))
                        .validatedBy(Probe.constraintExists(table, check)),
                Draft.of(stage, "prove-not-null-" + table.name() + "-" + column,
                        "Prove that all rows of " + table + " have " + column,
                        new Action.ValidateConstraint(table, check),
                        Draft.lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE))
                        .undoneByNothing("a proof changes nothing")
                        .validatedBy(Probe.constraintValid(table, check)));
    }

    /** Prove, then SET NOT NULL. */
    List<Draft> establish(Stage stage) {
        List<Draft> proof = prove(stage);
        return List.of(proof.get(0), proof.get(1),
                Draft.ddl(stage, "set-not-null-" + table.name() + "-" + column,
                        "Make " + table + "." + column + " NOT NULL", believe(),
                        Draft.lock(table, LockMode.ACCESS_EXCLUSIVE))
                        .undoneBy("ALTER TABLE " + table.quoted() + " ALTER COLUMN " + quote(column)
                                + " DROP NOT NULL")
                        .validatedBy(Probe.notNull(table, column)));
    }

    /** After the proof: SET NOT NULL without a scan, and away with the CHECK. */
    List<String> believe() {
        return List.of("ALTER TABLE " + table.quoted() + " ALTER COLUMN " + quote(column) + " SET NOT NULL",
                dropCheck(false));
    }

    /** All of it as an undo. */
    List<Action> again() {
        return List.of(new Action.Ddl(List.of(addCheck())), new Action.ValidateConstraint(table, check),
                new Action.Ddl(believe()));
    }

    private String addCheck() {
        return "ALTER TABLE " + table.quoted() + " ADD CONSTRAINT " + quote(check) + " CHECK (" + quote(column)
                + " IS NOT NULL) NOT VALID";
    }

    private String dropCheck(boolean ifExists) {
        return "ALTER TABLE " + table.quoted() + " DROP CONSTRAINT " + (ifExists ? "IF EXISTS " : "") + quote(check);
    }
}
