package io.lockkeeper.planner.analysis;

import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;

/** DROP COLUMN: a catalog update under ACCESS EXCLUSIVE, also on what its foreign keys point to. It does not come back. */
final class DropColumn implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("AT_DropColumn");
    }

    @Override
    public void tell(Written written, Effects effects) {
        String name = written.node().string("name");
        for (Relation target : written.targets(effects)) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            target.indexesOn(name)
                    .forEach(index -> effects.lock(Effects.name(target, index), LockMode.ACCESS_EXCLUSIVE));
            for (Catalog.ForeignKey key : Keys.touching(target, name, effects.after())) {
                Keys.lockTriggers(key.constraint().references().orElseThrow(), effects);
                effects.lock(key.table(), LockMode.ACCESS_EXCLUSIVE);
            }
            Optional<Column> column = target.column(name);
            column.flatMap(Column::ownedSequence).ifPresent(sequence -> {
                effects.lock(sequence, LockMode.ACCESS_EXCLUSIVE);
                effects.fold(effects.after().dropped(sequence));
            });
            if (written.cascade()) {
                column.ifPresent(c -> ViewCascade.of(c.dependents(), effects));
            }
            effects.fold(target.withoutColumn(name));
        }
        if (effects.inUse(written.target())) {
            effects.hazard(Hazard.DATA_LOSS);
            effects.hazard(Hazard.IRREVERSIBLE);
            effects.breaks(DeploymentClass.CONTRACT, Rule.DROP_COLUMN,
                    "column " + written.target() + "." + name + " and its values are gone at once");
            if (written.cascade()) {
                effects.find(Rule.DROP_CASCADE, "CASCADE drops what the statement does not name");
            }
        }
    }
}
