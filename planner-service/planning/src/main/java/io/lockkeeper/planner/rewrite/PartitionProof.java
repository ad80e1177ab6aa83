package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;

/**
 * A validated CHECK that lives only as long as it saves ATTACH and DETACH a scan: ATTACH PARTITION skips its scan of a
 * table, or of the default partition, whose constraints imply what it would look for; DETACH … CONCURRENTLY adds a CHECK
 * of its own unless one is there.
 */
record PartitionProof(Relation table, String name, String condition) {

    static PartitionProof of(Subject subject, Relation table, RelationName partition, String condition) {
        return new PartitionProof(table,
                GeneratedName.of("bound_of_" + partition.name(), subject.release().name(), table.name(), "proof"),
                condition);
    }

    List<Draft> establish(Stage stage) {
        Constraint check = new Constraint(name, Constraint.Type.CHECK, List.of(), "CHECK (" + condition + ")", true,
                Optional.empty(), Optional.empty(), List.of(), Optional.empty());
        return List.of(
                Draft.ddl(stage, "ask-bound-" + table.name().name(), "Ask the bound of new rows of " + table.name(),
                        List.of(add()), Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                        .undoneBy(drop())
                        .validatedBy(Probe.constraintExists(table.name(), name)),
                AddCheck.validate(stage, table, check));
    }

    Draft remove(Stage stage) {
        return Draft.ddl(stage, "drop-bound-" + table.name().name(),
                "Drop the CHECK that proved the bound of " + table.name(), List.of(drop()),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undone(true, "", new Action.Ddl(List.of(add())), new Action.ValidateConstraint(table.name(), name))
                .validatedBy(Probe.constraintAbsent(table.name(), name));
    }

    private String add() {
        // NOT VALID: a catalog update. The rows that are there are looked at by VALIDATE, which hinders nobody.
        return "ALTER TABLE " + table.name().quoted() + " ADD CONSTRAINT " + quote(name) + " CHECK (" + condition
                + ") NOT VALID";
    }

    private String drop() {
        return "ALTER TABLE " + table.name().quoted() + " DROP CONSTRAINT " + quote(name);
    }
}
