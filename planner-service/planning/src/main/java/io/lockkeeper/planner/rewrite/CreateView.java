package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/** CREATE VIEW under a new name, as written. It ties the columns that it uses: later statements know. */
final class CreateView implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("ViewStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        RelationName name = Subject.name(node.get("view"));
        if (node.get("view").string("relpersistence").equals("t")) {
            throw new RefusedStatement("unsupported-statement", "a temporary view lives in one session only", "",
                    "Leave it out.");
        }
        if (subject.catalog().taken(name)) {
            throw new RefusedStatement("view-exists", "view " + name + " exists already",
                    "Replacing it takes ACCESS EXCLUSIVE on the view, and its columns could change under the old"
                            + " version.",
                    "Create the new one under a new name, and drop the old one in a later release.");
        }
        CreateTable.requireSchema(subject.catalog(), name);
        Catalog after = subject.catalog().with(Relation.created(name, Relation.Kind.VIEW, List.of()));
        List<String> columns = Expressions.columns(node.get("query"));
        boolean star = node.get("query").typedNodes().anyMatch(n -> n.is("A_Star"));
        List<Step.LockClaim> locks = new ArrayList<>();
        for (RelationName base : subject.text().relations()) {
            if (!base.equals(name)) {
                Relation relation = subject.catalog().relation(base).orElseThrow(() -> new RefusedStatement(
                        "no-such-relation", "relation " + base + " does not exist", "", "Check the name."));
                after = after.with(tie(relation, columns, star, new Dependent(Dependent.Kind.VIEW, "view " + name)));
                if (relation.kind() == Relation.Kind.TABLE) {
                    locks.add(Draft.lock(base, LockMode.ACCESS_SHARE));
                }
            }
        }
        Tokens tokens = subject.text().tokens();
        int keyword = tokens.list().get(1).word("OR") ? 3 : 1;
        String sql = "CREATE " + subject.text().slice(tokens.list().get(keyword).start(),
                subject.statement().text().length());
        return Sequence.of(after, Draft.ddl(Stage.EXPAND, "create-view-" + name.name(), "Create view " + name,
                subject.underSearchPath(List.of(sql))).withLocks(locks)
                .undoneBy("DROP VIEW " + name.quoted())
                .validatedBy(Probe.relationExists(name)));
    }

    private static Relation tie(Relation relation, List<String> columns, boolean star, Dependent view) {
        Relation tied = relation.withDependent(view);
        for (Column column : relation.columns()) {
            if (star || columns.contains(column.name())) {
                if (column.change().isPresent()) {
                    throw new RefusedStatement("column-in-change",
                            "the view uses column " + relation.name() + "." + column.name()
                                    + ", which this release is still changing: " + column.change().get(),
                            "The view would hold the shape that is to be dropped.",
                            "Create the view in a later release.");
                }
                tied = tied.changeColumn(column.name(), c -> c.withDependent(view));
            }
        }
        return tied;
    }
}
