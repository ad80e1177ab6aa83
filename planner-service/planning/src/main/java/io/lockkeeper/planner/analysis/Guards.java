package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Trigger;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.Triggers;

/** Triggers, rules and policies: what a table does by itself when it is read or written. */
final class Guards implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("CreateTrigStmt", "RuleStmt", "CreatePolicyStmt", "AlterPolicyStmt", "AlterObjectDependsStmt",
                "AT_EnableTrig", "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_DisableTrig", "AT_EnableTrigAll",
                "AT_DisableTrigAll", "AT_EnableTrigUser", "AT_DisableTrigUser", "AT_EnableRule",
                "AT_EnableAlwaysRule", "AT_EnableReplicaRule", "AT_DisableRule");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        switch (node.type()) {
            case "CreateTrigStmt" -> trigger(node, effects);
            case "RuleStmt" -> {
                lock(Names.of(node.get("relation")), LockMode.ACCESS_EXCLUSIVE, effects);
                node.list("actions").forEach(action -> Query.parsed(action, effects));
                changes(Names.of(node.get("relation")), Rule.CHANGE_TRIGGER, effects);
            }
            case "CreatePolicyStmt", "AlterPolicyStmt" -> {
                lock(Names.of(node.get("table")), LockMode.ACCESS_EXCLUSIVE, effects);
                Query.parsed(node.get("qual"), effects);
                Query.parsed(node.get("with_check"), effects);
                changes(Names.of(node.get("table")), Rule.CHANGE_ROW_SECURITY, effects);
            }
            case "AlterObjectDependsStmt" -> {
                if (node.has("relation")) {
                    lock(Names.of(node.get("relation")), LockMode.ACCESS_SHARE, effects);
                }
            }
            default -> {
                boolean rule = node.string("subtype").endsWith("Rule");
                LockMode mode = rule ? LockMode.ACCESS_EXCLUSIVE : LockMode.SHARE_ROW_EXCLUSIVE;
                // Before 15 partitions are reached for the sake of each trigger that the table has, not as such.
                boolean reached = rule || Keys.triggersOnPartitioned(effects)
                        || !effects.relation(written.target()).triggers().isEmpty();
                written.targets(effects).stream()
                        .filter(target -> reached || target.name().equals(written.target()))
                        .forEach(target -> effects.lock(target, mode));
                changes(written.target(), Rule.CHANGE_TRIGGER, effects);
            }
        }
    }

    private static void trigger(SyntaxNode node, Effects effects) {
        RelationName table = Names.of(node.get("relation"));
        effects.deploy(DeploymentClass.EXPAND);
        for (RelationName part : effects.after().tree(table)) {
            lock(part, LockMode.SHARE_ROW_EXCLUSIVE, effects);
        }
        if (node.has("constrrel")) {
            lock(Names.of(node.get("constrrel")), LockMode.ACCESS_SHARE, effects);
        }
        Relation relation = effects.relation(table);
        List<Trigger> triggers = new ArrayList<>(relation.triggers());
        triggers.removeIf(trigger -> trigger.name().equals(node.string("trigname")));
        triggers.add(Triggers.of(node, Optional.empty()));
        effects.fold(relation.withTriggers(triggers));
        changes(table, Rule.CHANGE_TRIGGER, effects);
    }

    private static void lock(RelationName name, LockMode mode, Effects effects) {
        effects.relation(name);
        effects.lock(name, mode);
    }

    private static void changes(RelationName table, Rule rule, Effects effects) {
        if (effects.inUse(table)) {
            effects.deploy(DeploymentClass.EXPAND);
            effects.find(rule, "what happens to rows of " + table + " changes for every version at once");
        }
    }
}
