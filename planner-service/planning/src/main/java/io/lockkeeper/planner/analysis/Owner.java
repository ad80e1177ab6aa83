package io.lockkeeper.planner.analysis;

import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Names;

/** OWNER TO: a table takes its indexes and its sequences along, all under ACCESS EXCLUSIVE. */
final class Owner implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("AlterOwnerStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        if (written.node().has("relation")) {
            change(effects.relation(Names.of(written.node().get("relation"))), effects);
        } else {
            effects.deploy(DeploymentClass.CONTRACT);
            effects.find(Rule.CHANGE_OWNER, "an object changes hands");
        }
    }

    static void change(Relation relation, Effects effects) {
        effects.lock(relation, LockMode.ACCESS_EXCLUSIVE);
        effects.lockIndexes(relation, LockMode.ACCESS_EXCLUSIVE);
        for (Column column : relation.columns()) {
            Optional<RelationName> sequence = column.ownedSequence();
            sequence.ifPresent(name -> effects.lock(name, LockMode.ACCESS_EXCLUSIVE));
        }
        if (effects.inUse(relation.name())) {
            effects.deploy(DeploymentClass.CONTRACT);
            effects.find(Rule.CHANGE_OWNER, relation.name() + " changes hands: who owned it may lose its rights");
        }
    }
}
