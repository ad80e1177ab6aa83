package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.StatementKind;

/** Statements that read or change rows: what they touch stays locked until their transaction ends. */
final class Data implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CopyStmt", "ExplainStmt",
                "PrepareStmt", "DeclareCursorStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        switch (node.type()) {
            case "SelectStmt" -> select(written, effects);
            case "InsertStmt" -> insert(node, effects);
            case "UpdateStmt", "DeleteStmt", "MergeStmt" -> change(node, effects);
            case "CopyStmt" -> copy(node, effects);
            case "PrepareStmt" -> Query.parsed(node.get("query"), effects);
            case "DeclareCursorStmt" -> Query.planned(node.get("query"), effects);
            default -> {
                boolean runs = node.list("options").stream().anyMatch(o -> o.string("defname").equals("analyze"));
                SyntaxNode inner = node.get("query");
                if (runs) {
                    Analyzer.tell(StatementKind.of(inner), written.with(inner), effects);
                } else {
                    Query.planned(inner, effects);
                }
            }
        }
    }

    private static void select(Written written, Effects effects) {
        SyntaxNode node = written.node();
        Query.run(node, effects);
        if (node.has("intoClause")) {
            CreateTable.fromQuery(Names.of(node.get("intoClause").get("rel")), effects);
        }
        node.typedNodes().filter(part -> !part.is("SelectStmt"))
                .filter(part -> Set.of("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt").contains(part.type()))
                .forEach(part -> {
                    RelationName table = Names.of(part.get("relation"));
                    if (!part.is("InsertStmt")) {
                        effects.scan(effects.relation(table));
                    }
                    changes(table, effects);
                });
        if (node.has("lockingClause")) {
            effects.hazard(Hazard.BLOCKS_WRITES);
            effects.find(Rule.EXPLICIT_LOCK, "rows are locked until the transaction ends");
        }
    }

    private static void insert(SyntaxNode node, Effects effects) {
        RelationName table = Names.of(node.get("relation"));
        boolean values = node.get("selectStmt").has("valuesLists") || !node.has("selectStmt");
        effects.deploy(DeploymentClass.MIGRATE);
        effects.relation(table);
        if (node.has("onConflictClause")) {
            Query.run(node, effects);
        } else {
            effects.after().tree(table).forEach(part -> effects.lock(part, LockMode.ROW_EXCLUSIVE));
            Query.run(node.get("selectStmt"), effects);
        }
        Query.foreignKeys(table, column -> true, false, effects);
        effects.relation(table).columns().forEach(column -> column.ownedSequence()
                .ifPresent(sequence -> effects.lock(sequence, LockMode.ROW_EXCLUSIVE)));
        if (!values) {
            changes(table, effects);
        }
    }

    private static void change(SyntaxNode node, Effects effects) {
        RelationName table = Names.of(node.get("relation"));
        effects.deploy(DeploymentClass.MIGRATE);
        Query.run(node, effects);
        effects.scan(effects.relation(table));
        List<String> set = node.typedNodes().filter(part -> part.is("ResTarget")).map(part -> part.string("name"))
                .toList();
        Query.foreignKeys(table, column -> node.is("MergeStmt") || node.is("UpdateStmt") && set.contains(column),
                !node.is("UpdateStmt"), effects);
        changes(table, effects);
    }

    private static void changes(RelationName table, Effects effects) {
        if (effects.inUse(table)) {
            effects.hazard(Hazard.BLOCKS_WRITES);
            effects.hazard(Hazard.WAL_HEAVY);
            effects.find(Rule.CHANGE_DATA, "every row of " + table + " that it touches is locked until it ends");
        }
    }

    private static void copy(SyntaxNode node, Effects effects) {
        if (node.flag("is_program") || node.has("filename")) {
            effects.unknown("COPY from or to a program or file of the server");
        }
        if (node.has("query")) {
            Query.run(node.get("query"), effects);
            return;
        }
        RelationName table = Names.of(node.get("relation"));
        effects.relation(table);
        boolean writes = node.flag("is_from");
        effects.lock(table, writes ? LockMode.ROW_EXCLUSIVE : LockMode.ACCESS_SHARE);
        if (writes) {
            effects.deploy(DeploymentClass.MIGRATE);
            Query.foreignKeys(table, column -> true, false, effects);
            changes(table, effects);
        } else {
            effects.scan(effects.relation(table));
        }
    }
}
