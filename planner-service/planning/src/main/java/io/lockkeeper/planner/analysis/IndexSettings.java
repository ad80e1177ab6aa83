package io.lockkeeper.planner.analysis;

import java.util.Optional;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Names;

/** ALTER INDEX: its settings, its place, its partitions. */
final class IndexSettings {

    private IndexSettings() {}

    static void tell(Written written, Effects effects) {
        RelationName index = written.target();
        if (effects.after().tableOfIndex(index).isEmpty()) {
            effects.assume(index);
        }
        switch (written.node().string("subtype")) {
            case "AT_SetTableSpace" -> {
                effects.lock(index, LockMode.ACCESS_EXCLUSIVE);
                effects.copy(index);
                effects.find(Rule.REWRITE_TABLE, "index " + index + " is copied while no query may use its table");
            }
            case "AT_AttachPartition" -> {
                RelationName part = Names.of(written.node().get("def").get("name"));
                effects.lock(index, LockMode.SHARE_UPDATE_EXCLUSIVE);
                effects.lock(part, LockMode.ACCESS_EXCLUSIVE);
                effects.after().tableOfIndex(index)
                        .ifPresent(table -> effects.lock(table, LockMode.ACCESS_SHARE));
                effects.after().tableOfIndex(part).map(Relation::name)
                        .ifPresent(table -> effects.lock(table, LockMode.ACCESS_SHARE));
                effects.fold(Partitions.link(effects.after(), part, index, true, Optional.empty()));
            }
            case "AT_SetRelOptions", "AT_ResetRelOptions" -> effects.lock(index,
                    TableSettings.strong(written.node()) ? LockMode.ACCESS_EXCLUSIVE : LockMode.SHARE_UPDATE_EXCLUSIVE);
            case "AT_SetStatistics", "AT_SetOptions", "AT_ResetOptions" -> effects.lock(index,
                    LockMode.SHARE_UPDATE_EXCLUSIVE);
            default -> effects.unknown("ALTER INDEX with " + written.node().string("subtype") + " is not understood");
        }
    }
}
