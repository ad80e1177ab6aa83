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
import io.lockkeeper.planner.catalog.Grant;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/**
 * CREATE VIEW under a new name, as written; it ties the columns that it uses: later statements know. CREATE OR REPLACE of a
 * view in use only where its columns stay, with new ones at the end: ACCESS EXCLUSIVE on the view for a catalog update.
 */
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
        boolean there = subject.catalog().relation(name)
                .filter(relation -> relation.kind() == Relation.Kind.VIEW).isPresent();
        if (node.flag("replace") && there) {
            return replace(subject, subject.of(name, Relation.Kind.VIEW));
        }
        if (subject.catalog().taken(name)) {
            throw new RefusedStatement("view-exists", "view " + name + " exists already", "",
                    there ? "Say CREATE OR REPLACE VIEW, with the old columns first." : "Choose another name.");
        }
        CreateTable.requireSchema(subject.catalog(), name);
        return Sequence.of(after(subject, name), Draft.ddl(Stage.EXPAND, "create-view-" + name.name(),
                "Create view " + name, subject.underSearchPath(List.of("CREATE VIEW " + body(subject))))
                .withLocks(bases(subject, name))
                .undoneBy("DROP VIEW " + name.quoted())
                .validatedBy(Probe.relationExists(name)));
    }

    private static Sequence replace(Subject subject, Relation view) {
        RelationName name = view.name();
        List<String> before = view.columns().stream().map(Column::name).toList();
        List<String> now = after(subject, name).relation(name).orElseThrow().columns().stream().map(Column::name)
                .toList();
        if (!ViewColumns.extend(before, now)) {
            throw new RefusedStatement("view-exists",
                    "view " + name + " would lose or rename columns: it has " + String.join(", ", before),
                    "PostgreSQL would refuse, and the old version reads them.",
                    "Keep the old columns in their order and put new ones behind them; or create a view under a new"
                            + " name, and drop this one in a later release.");
        }
        List<Step.LockClaim> locks = new ArrayList<>(List.of(Draft.lock(name, LockMode.ACCESS_EXCLUSIVE)));
        locks.addAll(bases(subject, name));
        Draft draft = Draft.ddl(Stage.EXPAND, "replace-view-" + name.name(), "Replace view " + name,
                subject.underSearchPath(List.of("CREATE OR REPLACE VIEW " + body(subject)))).withLocks(locks)
                .validatedBy(Probe.relationExists(name));
        Catalog after = after(subject, name);
        if (view.created()) {
            return Sequence.of(after, draft.undoneByNothing("the view itself is dropped"));
        }
        return Sequence.of(after, undone(draft, view, now.size() != before.size() || now.contains("*")))
                .withTolerance(Tolerance.Side.OLD_VERSION, "reads view " + name + " by its new query")
                .withNote(AddColumn.rowShape(view));
    }

    private static Draft undone(Draft draft, Relation view, boolean wider) {
        boolean needed = !view.dependents().isEmpty()
                || view.columns().stream().anyMatch(column -> !column.dependents().isEmpty());
        String options = view.properties().options().isEmpty()
                ? ""
                : " WITH (" + String.join(", ", view.properties().options()) + ")";
        String query = options + " AS " + view.properties().definition().orElseThrow();
        if (!wider) {
            return draft.undoneBy("CREATE OR REPLACE VIEW " + view.name().quoted() + query);
        }
        if (needed) {
            return draft.undone(false,
                    "the view keeps its new query: other things need it, and no view can lose columns");
        }
        // A view cannot lose columns: it is made anew, with what belonged to it, in one transaction.
        List<String> again = new ArrayList<>(List.of("DROP VIEW " + view.name().quoted(),
                "CREATE VIEW " + view.name().quoted() + query));
        for (Grant grant : view.grants()) {
            again.add("GRANT " + grant.privilege() + " ON " + view.name().quoted() + grant.suffix());
        }
        view.comment().ifPresent(text -> again.add(CommentOn.sql("VIEW " + view.name().quoted(), view.comment())));
        return draft.undoneBy(again.toArray(String[]::new));
    }

    private static String body(Subject subject) {
        Tokens tokens = subject.text().tokens();
        int name = tokens.indexAt(subject.node().get("view").location().orElseThrow());
        return subject.text().slice(tokens.list().get(name).start(), subject.statement().text().length());
    }

    private static Catalog after(Subject subject, RelationName name) {
        SyntaxNode query = subject.node().get("query");
        Dependent view = new Dependent(Dependent.Kind.VIEW, "view " + name);
        Relation made = Relation.created(name, Relation.Kind.VIEW,
                ViewColumns.of(subject.catalog(), query, subject.node().strings("aliases")));
        Catalog after = subject.catalog().withoutDependent(view.description())
                .with(subject.catalog().relation(name).map(old -> old.withColumns(made.columns())).orElse(made));
        for (RelationName base : subject.text().relations()) {
            if (!base.equals(name)) {
                after = after.with(ViewColumns.tie(after.relation(base).orElseThrow(() -> new RefusedStatement(
                        "no-such-relation", "relation " + base + " does not exist", "", "Check the name.")), query,
                        view));
            }
        }
        return after;
    }

    private static List<Step.LockClaim> bases(Subject subject, RelationName name) {
        return subject.text().relations().stream().filter(base -> !base.equals(name))
                .filter(base -> subject.existing(base).kind() == Relation.Kind.TABLE)
                .map(base -> Draft.lock(base, LockMode.ACCESS_SHARE)).toList();
    }
}
