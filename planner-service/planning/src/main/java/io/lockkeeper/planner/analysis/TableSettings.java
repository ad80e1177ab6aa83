package io.lockkeeper.planner.analysis;

import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.statement.Names;

/** ALTER TABLE of the table as a whole: storage, place, owner, replica identity, inheritance. */
final class TableSettings implements Operation {

    /** From 15 on a table's sequences are logged as it is. */
    private static final int UNLOGGED_SEQUENCES = 150000;

    /** Storage parameters that need more than SHARE UPDATE EXCLUSIVE. */
    private static final Set<String> STRONG = Set.of("user_catalog_table", "autosummarize", "fastupdate",
            "security_barrier", "security_invoker", "check_option", "pages_per_range", "gin_pending_list_limit",
            "buffering");

    @Override
    public Set<String> takes() {
        return Set.of("AT_SetRelOptions", "AT_ResetRelOptions", "AT_ReplaceRelOptions", "AT_SetTableSpace",
                "AT_SetLogged", "AT_SetUnLogged", "AT_SetAccessMethod", "AT_ClusterOn", "AT_DropCluster",
                "AT_ReplicaIdentity", "AT_ChangeOwner", "AT_AddInherit", "AT_DropInherit", "AT_AddOf", "AT_DropOf",
                "AT_GenericOptions", "AT_DropOids", "AT_EnableRowSecurity", "AT_DisableRowSecurity",
                "AT_ForceRowSecurity", "AT_NoForceRowSecurity");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        Relation table = effects.relation(written.target());
        switch (node.string("subtype")) {
            case "AT_SetRelOptions", "AT_ResetRelOptions", "AT_ReplaceRelOptions" -> effects.lock(table,
                    strong(node) || table.kind() == Kind.VIEW
                            ? LockMode.ACCESS_EXCLUSIVE
                            : LockMode.SHARE_UPDATE_EXCLUSIVE);
            case "AT_SetTableSpace" -> moved(table, effects);
            case "AT_SetLogged" -> logged(table, true, effects);
            case "AT_SetUnLogged" -> logged(table, false, effects);
            case "AT_SetAccessMethod" -> {
                effects.lock(table, LockMode.ACCESS_EXCLUSIVE);
                if (!node.string("name").equals("heap")) {
                    rewrite(table, "its access method", effects);
                }
            }
            case "AT_ClusterOn" -> {
                effects.lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE);
                effects.lock(RelationName.of(table.name().schema(), node.string("name")),
                        LockMode.SHARE_UPDATE_EXCLUSIVE);
            }
            case "AT_DropCluster" -> effects.lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE);
            case "AT_ReplicaIdentity" -> replicaIdentity(node.get("def"), table, effects);
            case "AT_ChangeOwner" -> Owner.change(table, effects);
            case "AT_AddInherit" -> inherit(node, table, true, effects);
            case "AT_DropInherit" -> inherit(node, table, false, effects);
            case "AT_EnableRowSecurity", "AT_ForceRowSecurity" -> {
                effects.lock(table, LockMode.ACCESS_EXCLUSIVE);
                if (effects.inUse(table.name())) {
                    effects.breaks(DeploymentClass.CONTRACT, Rule.CHANGE_ROW_SECURITY,
                            "who reads or writes " + table.name() + " sees only what policies allow from now on");
                }
            }
            default -> effects.lock(table, LockMode.ACCESS_EXCLUSIVE);
        }
    }

    static boolean strong(SyntaxNode command) {
        return command.list("def").stream().map(option -> option.string("defname")).anyMatch(STRONG::contains);
    }

    private static void rewrite(Relation table, String what, Effects effects) {
        effects.rewrite(table);
        if (effects.inUse(table.name())) {
            effects.find(Rule.REWRITE_TABLE, table.name() + " is written again to change " + what);
        }
    }

    /** The bytes are copied as they are: nothing is scanned row by row, and the indexes stay where they are. */
    private static void moved(Relation table, Effects effects) {
        effects.lock(table, LockMode.ACCESS_EXCLUSIVE);
        if (table.kind() != Kind.PARTITIONED_TABLE) {
            effects.copy(table.name());
            if (effects.inUse(table.name())) {
                effects.find(Rule.REWRITE_TABLE, table.name() + " is copied to another tablespace");
            }
        }
    }

    private static void logged(Relation table, boolean wanted, Effects effects) {
        effects.lock(table, LockMode.ACCESS_EXCLUSIVE);
        if (table.logged() == wanted && effects.known(table.name())) {
            return;
        }
        rewrite(table, "whether it is logged", effects);
        if (effects.before().serverVersion() >= UNLOGGED_SEQUENCES) {
            sequences(table, effects);
        }
        if (!wanted) {
            effects.hazard(Hazard.DATA_LOSS);
            effects.hazard(Hazard.CDC_BLIND);
            effects.fold(table.unlogged());
        }
    }

    private static void sequences(Relation table, Effects effects) {
        table.columns().stream().map(Column::ownedSequence).flatMap(Optional::stream).forEach(sequence -> {
            effects.lock(sequence, LockMode.ACCESS_EXCLUSIVE);
            effects.renew(sequence);
        });
    }

    private static void replicaIdentity(SyntaxNode definition, Relation table, Effects effects) {
        effects.lock(table, LockMode.ACCESS_EXCLUSIVE);
        switch (definition.string("identity_type")) {
            case "i" -> effects.lock(RelationName.of(table.name().schema(), definition.string("name")), LockMode.SHARE);
            case "f" -> {
                effects.hazard(Hazard.WAL_HEAVY);
                find(table, "every change of a row of " + table.name() + " writes the whole old row", effects);
            }
            case "n" -> {
                effects.hazard(Hazard.CDC_BLIND);
                effects.hazard(Hazard.APP_BREAKING);
                find(table, "UPDATE and DELETE on " + table.name() + " fail if it is published", effects);
            }
            default -> {
                // The primary key says which row.
            }
        }
    }

    private static void find(Relation table, String message, Effects effects) {
        if (effects.inUse(table.name())) {
            effects.find(Rule.REPLICA_IDENTITY, message);
        }
    }

    private static void inherit(SyntaxNode node, Relation table, boolean add, Effects effects) {
        RelationName parent = Names.of(node.get("def"));
        effects.lock(table, LockMode.ACCESS_EXCLUSIVE);
        effects.relation(parent);
        effects.lock(parent, add ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_SHARE);
        effects.deploy(add ? DeploymentClass.EXPAND : DeploymentClass.CONTRACT);
        effects.fold(Partitions.link(effects.after(), table.name(), parent, add, Optional.empty()));
    }
}
