package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;

/**
 * How a column of a busy table becomes NOT NULL. From PostgreSQL 18 on, by a NOT NULL constraint that is NOT VALID at
 * first: one ACCESS EXCLUSIVE lock for a catalog update, then a scan under SHARE UPDATE EXCLUSIVE, which hinders neither
 * readers nor writers. Before, by a CHECK that is proven the same way: SET NOT NULL then believes it and does not scan
 * (12 and later). The CHECK serves on every version where NOT NULL itself must wait for a swap.
 *
 * @param check      name of the CHECK
 * @param constraint name of the NOT NULL, where the server gives it one (18)
 */
record NotNullProof(RelationName table, String column, String check, Optional<String> constraint) {

    private static final int NAMED = 180000;

    /** @param wanted name of the NOT NULL, where it must have a certain one */
    static NotNullProof of(Subject subject, Relation table, String column, Optional<String> wanted) {
        Optional<String> constraint = subject.catalog().serverVersion() < NAMED
                ? Optional.empty()
                : wanted.or(() -> Optional.of(conventionalName(table, column)));
        return new NotNullProof(table.name(), column,
                GeneratedName.of(column, subject.release().name(), table.name(), "not-null"), constraint);
    }

    /** The same, once the column has another name. */
    NotNullProof onColumn(String name) {
        return new NotNullProof(table, name, check, constraint);
    }

    /** As PostgreSQL would call it. */
    private static String conventionalName(Relation table, String column) {
        String wanted = GeneratedName.conventional(table.name().name(), column, "not_null");
        List<String> taken = table.columns().stream().filter(other -> !other.name().equals(column))
                .flatMap(other -> other.notNullConstraint().stream()).toList();
        String candidate = wanted;
        for (int number = 1; taken.contains(candidate)
                || table.constraint(candidate).isPresent(); number++) {
            candidate = wanted + number;
        }
        return candidate;
    }

    /** By the CHECK: asks new rows, then proves old ones. Rejects new NULLs from the first step on. */
    List<Draft> prove(Stage stage) {
        return prove(stage, check, addCheck(), dropConstraint(check, true));
    }

    /** Until it is NOT NULL. */
    List<Draft> establish(Stage stage) {
        if (constraint.isPresent()) {
            String name = constraint.get();
            return prove(stage, name, alter() + "ADD CONSTRAINT " + quote(name) + " NOT NULL " + quote(column)
                    + " NOT VALID", nullable());
        }
        List<Draft> proof = prove(stage);
        return List.of(proof.get(0), proof.get(1),
                setNotNull(stage, "", List.of(notNull(), dropConstraint(check, false))));
    }

    /** A CHECK of the table proves it already. */
    Draft believed(Stage stage) {
        return setNotNull(stage, "; its CHECK proves it", List.of(notNull()));
    }

    /** A NOT NULL of the table is NOT VALID yet. */
    Draft validate(Stage stage) {
        return validate(stage, constraint.orElseThrow());
    }

    /** After {@link #prove}: without a scan, and away with the CHECK. */
    List<String> believe() {
        return List.of(notNull(), dropConstraint(check, false));
    }

    /** By the CHECK, as an undo: before {@link #believe}. */
    List<Action> proveAgain() {
        return List.of(new Action.Ddl(List.of(addCheck())), new Action.ValidateConstraint(table, check));
    }

    /** All of it as an undo. */
    List<Action> again() {
        List<Action> proof = proveAgain();
        return List.of(proof.get(0), proof.get(1), new Action.Ddl(believe()));
    }

    /** The column as the catalog then has it. */
    Column established(Column before) {
        return before.withNotNull(constraint);
    }

    private List<Draft> prove(Stage stage, String name, String ask, String undo) {
        return List.of(
                Draft.ddl(stage, "ask-not-null-" + table.name() + "-" + column,
                        "Ask that new rows of " + table + " have " + column, List.of(ask),
                        // ACCESS EXCLUSIVE, but NOT VALID: no scan, only a catalog update.
                        Draft.lock(table, LockMode.ACCESS_EXCLUSIVE))
                        .undoneBy(undo)
                        .validatedBy(Probe.constraintExists(table, name)),
                validate(stage, name));
    }

    private Draft validate(Stage stage, String name) {
        return Draft.of(stage, "prove-not-null-" + table.name() + "-" + column,
                "Prove that all rows of " + table + " have " + column,
                new Action.ValidateConstraint(table, name),
                Draft.lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE))
                .undoneByNothing("a proof changes nothing")
                .validatedBy(Probe.constraintValid(table, name));
    }

    private Draft setNotNull(Stage stage, String why, List<String> statements) {
        return Draft.ddl(stage, "set-not-null-" + table.name() + "-" + column,
                "Make " + table + "." + column + " NOT NULL" + why, statements,
                Draft.lock(table, LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(nullable())
                .validatedBy(Probe.notNull(table, column));
    }

    private String notNull() {
        return alter() + constraint.map(name -> "ADD CONSTRAINT " + quote(name) + " NOT NULL " + quote(column))
                .orElse("ALTER COLUMN " + quote(column) + " SET NOT NULL");
    }

    private String nullable() {
        return alter() + "ALTER COLUMN " + quote(column) + " DROP NOT NULL";
    }

    private String addCheck() {
        return alter() + "ADD CONSTRAINT " + quote(check) + " CHECK (" + quote(column) + " IS NOT NULL) NOT VALID";
    }

    private String dropConstraint(String name, boolean ifExists) {
        return alter() + "DROP CONSTRAINT " + (ifExists ? "IF EXISTS " : "") + quote(name);
    }

    private String alter() {
        return "ALTER TABLE " + table.quoted() + " ";
    }
}
