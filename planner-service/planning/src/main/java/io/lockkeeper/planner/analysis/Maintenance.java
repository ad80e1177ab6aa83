package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.statement.Names;

/** CLUSTER, VACUUM, ANALYZE and TRUNCATE. */
final class Maintenance implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("ClusterStmt", "VacuumStmt", "TruncateStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        switch (written.node().type()) {
            case "ClusterStmt" -> cluster(written.node(), effects);
            case "VacuumStmt" -> vacuum(written.node(), effects);
            default -> truncate(written, effects);
        }
    }

    private static void cluster(SyntaxNode node, Effects effects) {
        if (!node.has("relation")) {
            effects.outsideTransaction();
            effects.unknown("every table that was ever clustered is written again");
            return;
        }
        rewrite(effects.relation(Names.of(node.get("relation"))), effects);
    }

    private static void rewrite(Relation table, Effects effects) {
        effects.rewrite(table);
        if (effects.inUse(table.name())) {
            effects.find(Rule.REWRITE_TABLE, table.name() + " is written again");
        }
    }

    private static void vacuum(SyntaxNode node, Effects effects) {
        boolean full = node.list("options").stream().anyMatch(option -> option.string("defname").equals("full"));
        boolean vacuum = node.flag("is_vacuumcmd");
        if (vacuum) {
            effects.outsideTransaction();
        }
        List<RelationName> tables = new ArrayList<>();
        node.list("rels").forEach(rel -> tables.addAll(effects.after().tree(Names.of(rel.get("relation")))));
        if (tables.isEmpty()) {
            effects.after().relations().values().stream().filter(relation -> relation.kind() == Kind.TABLE)
                    .map(Relation::name).forEach(tables::add);
        }
        for (RelationName name : tables) {
            Relation table = effects.relation(name);
            if (vacuum && full) {
                rewrite(table, effects);
            } else {
                effects.lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE);
                if (table.kind() != Kind.PARTITIONED_TABLE) {
                    effects.lockIndexes(table, vacuum ? LockMode.ROW_EXCLUSIVE : LockMode.ACCESS_SHARE);
                }
            }
        }
    }

    private static void truncate(Written written, Effects effects) {
        Set<RelationName> named = new LinkedHashSet<>();
        for (SyntaxNode relation : written.node().list("relations")) {
            Written.tree(Names.of(relation), relation, effects).forEach(table -> named.add(table.name()));
        }
        List<RelationName> pending = new ArrayList<>(named);
        while (written.cascade() && !pending.isEmpty()) {
            effects.after().foreignKeysTo(pending.remove(0)).map(Catalog.ForeignKey::table)
                    .flatMap(user -> effects.after().tree(user).stream()).filter(named::add).forEach(pending::add);
        }
        for (RelationName name : named) {
            Relation table = effects.relation(name);
            effects.lock(table, LockMode.ACCESS_EXCLUSIVE);
            if (table.kind() != Kind.PARTITIONED_TABLE) {
                effects.lockIndexes(table, LockMode.ACCESS_EXCLUSIVE);
                effects.renew(name);
            }
            if (written.node().flag("restart_seqs")) {
                table.columns().stream().map(Column::ownedSequence).flatMap(Optional::stream)
                        .forEach(sequence -> {
                            effects.lock(sequence, LockMode.ACCESS_EXCLUSIVE);
                            effects.renew(sequence);
                        });
            }
            if (effects.inUse(name)) {
                effects.hazard(Hazard.DATA_LOSS);
                effects.hazard(Hazard.IRREVERSIBLE);
                effects.hazard(Hazard.CDC_BLIND);
                effects.breaks(DeploymentClass.CONTRACT, Rule.TRUNCATE, "every row of " + name + " is gone at once");
            }
        }
        if (written.cascade()) {
            effects.find(Rule.DROP_CASCADE, "CASCADE empties tables that the statement does not name");
        }
    }
}
