package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.catalog.Ties;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.Names;

/** CREATE [OR REPLACE] VIEW and REFRESH MATERIALIZED VIEW. */
final class Views implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("ViewStmt", "RefreshMatViewStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        if (written.node().is("ViewStmt")) {
            create(written.node(), effects);
        } else {
            refresh(written.node(), effects);
        }
    }

    private static void create(SyntaxNode node, Effects effects) {
        RelationName name = Names.of(node.get("view"));
        effects.deploy(DeploymentClass.EXPAND);
        Query.parsed(node.get("query"), effects);
        boolean replaces = effects.known(name) || node.flag("replace") && effects.before().offline();
        if (replaces) {
            effects.relation(name);
            effects.lock(name, LockMode.ACCESS_EXCLUSIVE);
            if (effects.inUse(name)) {
                effects.deploy(DeploymentClass.BREAKING);
                effects.find(Rule.REPLACE_VIEW, "view " + name + " means something else for everybody at once");
            }
        } else {
            effects.fold(effects.after().with(Relation.created(name, Kind.VIEW, List.of())));
        }
        tie(name, node.get("query"), effects);
    }

    /** What the view reads cannot go without it. */
    static void tie(RelationName view, SyntaxNode query, Effects effects) {
        Dependent tie = Ties.of(view);
        List<String> columns = Expressions.columns(query);
        boolean star = query.typedNodes().anyMatch(node -> node.is("A_Star"));
        query.typedNodes().filter(node -> node.is("RangeVar")).map(Names::of).distinct().toList().forEach(base -> {
            if (effects.known(base)) {
                Relation tied = effects.relation(base).withDependent(tie);
                for (Column column : tied.columns()) {
                    if (star || columns.contains(column.name())) {
                        tied = tied.changeColumn(column.name(), c -> c.withDependent(tie));
                    }
                }
                effects.fold(tied);
            }
        });
    }

    private static void refresh(SyntaxNode node, Effects effects) {
        RelationName name = Names.of(node.get("relation"));
        Relation view = effects.relation(name);
        effects.deploy(DeploymentClass.MIGRATE);
        boolean concurrently = node.flag("concurrent");
        effects.lock(view, concurrently ? LockMode.EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE);
        effects.lockIndexes(view, concurrently ? LockMode.ROW_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE);
        if (concurrently) {
            effects.scan(view);
        } else {
            effects.copy(name);
        }
        if (!node.flag("skipData")) {
            Ties.below(name, effects.after()).forEach(below -> Query.read(below.name(), effects));
        }
        if (!concurrently && effects.inUse(name)) {
            effects.find(Rule.REFRESH_VIEW, "nobody may read " + name + " while it is filled");
        }
    }
}
