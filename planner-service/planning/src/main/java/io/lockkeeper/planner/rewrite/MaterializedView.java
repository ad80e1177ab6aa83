package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Token;

/**
 * CREATE MATERIALIZED VIEW empty, a catalog update, then filled by a step that may take long; REFRESH as REFRESH …
 * CONCURRENTLY, which readers do not wait for, where as written it takes ACCESS EXCLUSIVE.
 */
final class MaterializedView implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("CreateTableAsStmt", "RefreshMatViewStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        return subject.node().is("RefreshMatViewStmt") ? refresh(subject) : create(subject);
    }

    private static Sequence create(Subject subject) {
        SyntaxNode node = subject.node();
        RelationName name = Subject.name(node.get("into").get("rel"));
        if (!node.string("objtype").equals("OBJECT_MATVIEW")) {
            throw new RefusedStatement("unsupported-statement", "CREATE TABLE " + name + " AS is not supported",
                    "Its query runs as long as it takes, in one transaction.",
                    "Create the table with its columns, and fill it by INSERT … SELECT.");
        }
        if (node.flag("if_not_exists") && subject.catalog().relation(name)
                .filter(existing -> existing.kind() == Relation.Kind.MATERIALIZED_VIEW).isPresent()) {
            return Sequence.nothing(subject.catalog(),
                    "materialized view " + name + " is there already; it was not compared");
        }
        CreateTable.requireFree(subject.catalog(), name);
        List<Token> tokens = subject.text().tokens().list();
        int first = subject.text().tokens().indexAt(node.get("into").get("rel").location().orElseThrow());
        int last = tokens.size() - 1;
        int end = tokens.get(last).end();
        if (tokens.get(last).word("DATA")) {
            int with = tokens.get(last - 1).word("NO") ? last - 2 : last - 1;
            end = tokens.get(with - 1).end();
        }
        Relation view = Relation.created(name, Relation.Kind.MATERIALIZED_VIEW,
                ViewColumns.of(subject.catalog(), node.get("query"), node.get("into").strings("colNames")));
        List<Step.LockClaim> locks = new ArrayList<>();
        Catalog after = subject.catalog().with(view);
        for (RelationName base : subject.text().relations()) {
            if (!base.equals(name)) {
                Relation relation = subject.existing(base);
                after = after.with(ViewColumns.tie(relation, node.get("query"),
                        new Dependent(Dependent.Kind.VIEW, "view " + name)));
                if (relation.kind() == Relation.Kind.TABLE) {
                    locks.add(Draft.lock(base, LockMode.ACCESS_SHARE));
                }
            }
        }
        String sql = "CREATE MATERIALIZED VIEW " + subject.text().slice(tokens.get(first).start(), end)
                + " WITH NO DATA";
        Sequence made = Sequence.of(after, Draft.ddl(Stage.EXPAND, "create-view-" + name.name(),
                "Create materialized view " + name + ", empty", subject.underSearchPath(List.of(sql))).withLocks(locks)
                .undoneBy("DROP MATERIALIZED VIEW " + name.quoted())
                .validatedBy(Probe.relationExists(name)));
        return node.get("into").flag("skipData") ? made : made.then(Sequence.of(after, fill(view)));
    }

    private static Draft fill(Relation view) {
        Draft draft = Draft
                .of(Stage.MIGRATE, "refresh-" + view.name().name(), "Refresh materialized view " + view.name(),
                        new Action.RefreshView(view.name()),
                        // EXCLUSIVE: who reads the view does not wait; nobody writes it. The first time nobody can read it yet.
                        Draft.lock(view.name(), view.created() || !view.properties().populated()
                                ? LockMode.ACCESS_EXCLUSIVE
                                : LockMode.EXCLUSIVE))
                .validatedBy("SELECT 'the view is not filled' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE"
                        + " relispopulated AND oid = " + Probe.regclass(view.name()) + ")");
        return view.created() || view.properties().populated()
                ? draft.undoneByNothing("a refreshed view shows what its tables hold")
                : draft.undoneBy("REFRESH MATERIALIZED VIEW " + view.name().quoted() + " WITH NO DATA");
    }

    private static Sequence refresh(Subject subject) {
        RelationName name = Subject.name(subject.node().get("relation"));
        Relation view = subject.of(name, Relation.Kind.MATERIALIZED_VIEW);
        if (subject.node().flag("skipData")) {
            throw new RefusedStatement("data-loss", "REFRESH … WITH NO DATA empties " + name,
                    "Nobody could read it any more.", "Drop it, or refresh it with data.");
        }
        boolean key = view.indexes().stream()
                .anyMatch(index -> index.unique() && index.valid() && !index.computed());
        if (!key && !view.created() && view.properties().populated()) {
            throw new RefusedStatement("no-unique-key",
                    "materialized view " + name + " has no unique index over columns alone",
                    "REFRESH takes ACCESS EXCLUSIVE: every reader waits until its query has run.",
                    "Create a unique index on it first: then it is refreshed CONCURRENTLY.");
        }
        return Sequence.of(subject.catalog(), fill(view));
    }
}
