package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.statement.Names;

/** CREATE and ALTER SEQUENCE: nextval waits behind the latter, which writes the sequence anew. */
final class Sequences implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("CreateSeqStmt", "AlterSeqStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        effects.deploy(DeploymentClass.EXPAND);
        RelationName name = Names.of(node.get("sequence"));
        boolean creates = node.is("CreateSeqStmt");
        if (creates && node.flag("if_not_exists") && effects.known(name)
                || !creates && node.flag("missing_ok") && effects.absent(name)) {
            return;
        }
        if (creates) {
            effects.fold(effects.after().with(Relation.created(name, Kind.SEQUENCE, List.of())));
        } else {
            effects.relation(name);
            effects.lock(name, LockMode.SHARE_ROW_EXCLUSIVE);
        }
        boolean other = false;
        for (SyntaxNode option : node.list("options")) {
            if (option.string("defname").equals("owned_by")) {
                own(name, option.list("arg").stream().map(part -> part.string("sval")).toList(), effects);
            } else {
                other = true;
            }
        }
        if (!creates && other) {
            effects.renew(name);
            if (effects.inUse(name)) {
                effects.find(Rule.CHANGE_SEQUENCE, "nextval of " + name + " waits, and may give other numbers");
            }
        }
    }

    private static void own(RelationName sequence, List<String> owner, Effects effects) {
        for (Relation relation : effects.after().relations().values()) {
            relation.columns().stream().filter(column -> column.ownedSequence().filter(sequence::equals).isPresent())
                    .forEach(column -> effects.fold(effects.relation(relation.name())
                            .changeColumn(column.name(), old -> old.owning(Optional.empty()))));
        }
        if (owner.size() < 2) {
            return;
        }
        RelationName table = Names.of(owner.subList(0, owner.size() - 1));
        Relation relation = effects.relation(table);
        effects.lock(relation, LockMode.ACCESS_SHARE);
        effects.fold(relation.changeColumn(owner.get(owner.size() - 1),
                column -> AddColumn.owning(column, sequence)));
    }
}
