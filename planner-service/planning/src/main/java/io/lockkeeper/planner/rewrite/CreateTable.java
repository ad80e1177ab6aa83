package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/**
 * CREATE TABLE as written: nobody uses the table yet. A foreign key to a table in use takes SHARE ROW EXCLUSIVE there for
 * a catalog update; that lock is asked for under the lock budget like any other.
 */
final class CreateTable implements Rewrite {

    /** {@code CREATE_TABLE_LIKE_CONSTRAINTS} of PostgreSQL's parser. */
    private static final int LIKE_CONSTRAINTS = 1 << 2;
    private static final int LIKE_INDEXES = 1 << 6;

    @Override
    public Set<String> takes() {
        return Set.of("CreateStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        RelationName name = Subject.name(node.get("relation"));
        refuseUnsupported(node, name);
        if (node.has("partbound")) {
            return partition(subject, node, name);
        }
        Relation table = fold(subject, node, name);
        if (node.flag("if_not_exists") && subject.catalog().relation(name).isPresent()) {
            return skip(subject.catalog(), subject.catalog().relation(name).get(), table);
        }
        requireFree(subject.catalog(), name);
        return create(subject, node, name, table);
    }

    private static Sequence partition(Subject subject, SyntaxNode node, RelationName name) {
        RelationName parent = Subject.name(node.list("inhRelations").get(0));
        if (node.flag("if_not_exists") && subject.catalog().relation(name)
                .flatMap(existing -> existing.partition().parent()).filter(parent::equals).isPresent()) {
            return Sequence.nothing(subject.catalog(),
                    "partition " + name + " of " + parent + " is there already; its bound was not compared");
        }
        requireFree(subject.catalog(), name);
        return CreatePartition.create(subject, name);
    }

    static void requireFree(Catalog catalog, RelationName name) {
        if (catalog.taken(name) || catalog.types().containsKey(name)) {
            throw new RefusedStatement("already-exists", "the name " + name + " is in use", "",
                    "Choose another name, or say IF NOT EXISTS if the table is as you want it.");
        }
        requireSchema(catalog, name);
    }

    private static Sequence create(Subject subject, SyntaxNode node, RelationName name, Relation table) {
        Tokens tokens = subject.text().tokens();
        int first = tokens.indexAt(node.get("relation").location().orElseThrow());
        String sql = "CREATE " + (table.logged() ? "" : "UNLOGGED ") + "TABLE "
                + subject.text().slice(tokens.list().get(first).start(), subject.statement().text().length());
        List<Step.LockClaim> parents = table.constraints().stream().flatMap(key -> key.references().stream())
                .filter(parent -> !parent.equals(name)).distinct().sorted()
                .map(parent -> Draft.lock(parent, LockMode.SHARE_ROW_EXCLUSIVE)).toList();
        Catalog after = subject.catalog().with(table)
                .with(new Type(name, name.schema() + "." + name.name(), Type.Kind.COMPOSITE, "C"));
        Draft draft = Draft.ddl(Stage.EXPAND, "create-table-" + name.name(), "Create table " + name,
                subject.underSearchPath(List.of(sql))).withLocks(parents)
                .undoneWithLossBy("what was written into the table is lost", "DROP TABLE " + name.quoted())
                .validatedBy(Probe.relationExists(name));
        Sequence sequence = Sequence.of(after, draft);
        for (Step.LockClaim parent : parents) {
            sequence = sequence.withTolerance(Tolerance.Side.OLD_VERSION, "may be unable to delete rows of "
                    + parent.relation() + " that rows of " + name + " refer to, unless the foreign key says otherwise");
        }
        return sequence;
    }

    static void requireSchema(Catalog catalog, RelationName name) {
        if (!catalog.schemas().contains(name.schema())) {
            throw new RefusedStatement("no-such-schema", "schema " + name.schema() + " does not exist", "",
                    "Create it earlier in the release, or check the name.");
        }
    }

    private static Relation fold(Subject subject, SyntaxNode node, RelationName name) {
        List<SyntaxNode> elements = node.list("tableElts");
        Tokens tokens = subject.text().tokens();
        int open = tokens.afterName(tokens.indexAt(node.get("relation").location().orElseThrow()));
        List<Tokens.Range> ranges = tokens.split(open + 1, tokens.closing(open));
        List<ColumnClause> clauses = new ArrayList<>();
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i).is("ColumnDef")) {
                ColumnClause clause = ColumnClause.of(subject, elements.get(i), ranges.get(i).end());
                clauses.add(clause);
                columns.add(clause.column());
            } else if (elements.get(i).is("TableLikeClause")) {
                like(subject, elements.get(i)).columns().forEach(column -> columns.add(Column
                        .of(column.name(), column.type()).withNotNull(column.notNull())));
            }
        }
        Relation table = node.has("partspec")
                ? Relation.created(name, Relation.Kind.PARTITIONED_TABLE, columns)
                        .withPartition(CreatePartition.partitioning(node.get("partspec")))
                : Relation.created(name, Relation.Kind.TABLE, columns);
        for (ColumnClause clause : clauses) {
            table = NewConstraints.fold(subject, table, clause);
        }
        for (SyntaxNode element : elements) {
            if (element.is("Constraint")) {
                table = NewConstraints.fold(subject, table, element, List.of());
            } else if (element.is("TableLikeClause")) {
                table = copied(table, like(subject, element), element.integer("options"));
            }
        }
        return node.get("relation").string("relpersistence").equals("u") ? table.unlogged() : table;
    }

    private static Relation copied(Relation table, Relation from, int options) {
        Relation copy = table;
        for (Constraint check : from.constraints()) {
            copy = (options & LIKE_CONSTRAINTS) != 0 && check.type() == Constraint.Type.CHECK
                    ? copy.withConstraint(check)
                    : copy;
        }
        for (Index index : from.indexes()) {
            boolean primary = from.primaryKey().flatMap(Constraint::index).filter(index.name()::equals).isPresent();
            String name = GeneratedName.conventional(table.name().name(), primary ? "" : String.join("_", index.keys()),
                    primary ? "pkey" : index.constraint().isPresent() ? "key" : "idx");
            copy = (options & LIKE_INDEXES) != 0 && copy.indexes().stream().noneMatch(own -> own.name().equals(name))
                    ? copy.withIndex(new Index(name, "", index.keys(), index.mentions(), index.unique(), index.valid(),
                            index.constraint().map(constraint -> name), false, false, index.computed(), false,
                            Optional.empty(), Optional.empty()))
                    : copy;
        }
        return copy;
    }

    /** What another table is copied from: as it is when the new one is made, in expand. */
    private static Relation like(Subject subject, SyntaxNode clause) {
        Relation from = subject.of(Subject.name(clause.get("relation")), Relation.Kind.TABLE,
                Relation.Kind.PARTITIONED_TABLE);
        boolean later = !from.takenNames().isEmpty()
                || from.columns().stream().anyMatch(column -> column.change().isPresent() || later(column.filled())
                        || later(column.defaultSince()))
                || from.indexes().stream().anyMatch(index -> later(index.since()))
                || from.constraints().stream().anyMatch(constraint -> later(constraint.since()));
        if (later) {
            throw new RefusedStatement("table-in-change", "table " + from.name() + " is changed by this very release",
                    "LIKE would copy it before the change.",
                    "Write out the columns and keys of the new table, or create it in a later release.");
        }
        return from;
    }

    private static boolean later(Optional<Stage> since) {
        return since.filter(stage -> stage != Stage.EXPAND).isPresent();
    }

    private static Sequence skip(Catalog catalog, Relation existing, Relation wanted) {
        List<String> have = existing.columns().stream().map(c -> c.name() + " " + c.type().sql()).sorted().toList();
        List<String> want = wanted.columns().stream().map(c -> c.name() + " " + c.type().sql()).sorted().toList();
        if (!have.equals(want)) {
            throw new RefusedStatement("exists-differently",
                    "table " + existing.name() + " exists with other columns: " + String.join(", ", have),
                    "IF NOT EXISTS would take it as done.", "Say which of them is meant.");
        }
        return Sequence.nothing(catalog, "table " + existing.name() + " is there already, with the same columns");
    }

    private static void refuseUnsupported(SyntaxNode node, RelationName name) {
        boolean unusual = node.has("inhRelations") && !node.has("partbound") || node.has("ofTypename")
                || node.get("relation").string("relpersistence").equals("t")
                || node.list("tableElts").stream()
                        .anyMatch(e -> !e.is("ColumnDef") && !e.is("Constraint") && !e.is("TableLikeClause"));
        if (unusual) {
            throw new RefusedStatement("unsupported-statement",
                    "CREATE TABLE " + name + " is temporary, inherits, or is of a composite type",
                    "Children lock their parents.", "Write out the columns of a plain table.");
        }
    }
}
