package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Inheritance;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.statement.Names;

/**
 * CREATE TABLE: new and used by nobody, but what it refers to is locked: tables of its foreign keys, its parents, and the
 * default partition beside it, which is scanned.
 */
final class CreateTable implements Operation {

    /** {@code CREATE_TABLE_LIKE_INDEXES} of PostgreSQL's parser. */
    private static final int LIKE_INDEXES = 1 << 6;

    @Override
    public Set<String> takes() {
        return Set.of("CreateStmt", "CreateForeignTableStmt", "CreateTableAsStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        effects.deploy(DeploymentClass.EXPAND);
        SyntaxNode node = written.node();
        if (node.is("CreateTableAsStmt")) {
            as(node, effects);
            return;
        }
        SyntaxNode base = node.is("CreateForeignTableStmt") ? node.get("base") : node;
        RelationName name = Names.of(base.get("relation"));
        if (base.flag("if_not_exists") && effects.known(name)) {
            return;
        }
        Kind kind = node.is("CreateForeignTableStmt")
                ? Kind.FOREIGN_TABLE
                : base.has("partspec") ? Kind.PARTITIONED_TABLE : Kind.TABLE;
        Relation table = Relation.created(name, kind, List.of());
        effects.fold(effects.after().with(base.get("relation").string("relpersistence").equals("u")
                ? table.unlogged()
                : table).with(new Type(name, name.toString(), Type.Kind.COMPOSITE, "C")));
        inherit(base, name, effects);
        elements(written, base, name, effects);
    }

    private static void inherit(SyntaxNode node, RelationName name, Effects effects) {
        SyntaxNode bound = node.get("partbound");
        for (SyntaxNode parentNode : node.list("inhRelations")) {
            Relation parent = effects.relation(Names.of(parentNode));
            effects.fold(effects.relation(name).withColumns(merged(effects.relation(name), parent.columns())));
            if (bound.isMissing()) {
                effects.lock(parent, LockMode.SHARE_UPDATE_EXCLUSIVE);
            } else {
                partition(effects.relation(name), parent, effects);
                effects.lock(parent, LockMode.ACCESS_EXCLUSIVE);
                Partitions.added(parent.name(), bound, effects);
                if (effects.inUse(parent.name())) {
                    effects.find(Rule.CREATE_PARTITION,
                            parent.name() + " is locked against readers and writers for a new partition");
                }
            }
            Optional<String> text = bound.isMissing() ? Optional.empty() : Optional.of(Partitions.boundText(bound));
            effects.fold(effects.after().with(new Inheritance(name, parent.name(), text)));
        }
    }

    /** It has what its parent has: constraints, and an index for each of the parent's. */
    private static void partition(Relation table, Relation parent, Effects effects) {
        effects.fold(table.withConstraints(parent.constraints()));
        for (Index index : parent.indexes()) {
            String own = copy(index, parent, table.name(), effects);
            effects.fold(effects.after().with(new Inheritance(RelationName.of(table.name().schema(), own),
                    Effects.name(parent, index), Optional.empty())));
        }
    }

    /** @return the name that PostgreSQL gives to an index like the other table's */
    private static String copy(Index index, Relation from, RelationName table, Effects effects) {
        boolean primary = from.primaryKey().flatMap(Constraint::index).filter(index.name()::equals).isPresent();
        String own = effects.after().freeName(table.schema(), String.join("_", primary
                ? List.of(table.name(), "pkey")
                : List.of(table.name(), Indexes.columns(index), index.constraint().isPresent() ? "key" : "idx")),
                taken -> false);
        effects.fold(effects.relation(table).withIndex(index.withName(own)));
        return own;
    }

    private static List<Column> merged(Relation table, List<Column> more) {
        List<Column> all = new ArrayList<>(table.columns());
        more.stream().filter(column -> table.column(column.name()).isEmpty())
                .map(column -> Column.of(column.name(), column.type()).withNotNull(column.notNull())
                        .withDefault(column.defaultExpression()))
                .forEach(all::add);
        return all;
    }

    private static void elements(Written written, SyntaxNode node, RelationName name, Effects effects) {
        List<SyntaxNode> constraints = new ArrayList<>();
        for (SyntaxNode element : node.list("tableElts")) {
            if (element.is("ColumnDef") && !element.has("typeName")) {
                continue; // options of a partition's column, which it has from its parent
            }
            if (element.is("ColumnDef")) {
                ColumnDefinition definition = ColumnDefinition.of(element, effects.after(),
                        written.statement().text());
                Relation table = effects.relation(name);
                effects.fold(table.column(definition.column().name()).isPresent()
                        ? table
                        : table.withColumn(definition.column()));
                AddColumn.foldSequence(table, definition, effects);
                definition.findStyle(name, effects);
                for (SyntaxNode constraint : definition.constraints()) {
                    constraint(constraint, List.of(definition.column().name()), name, effects);
                }
            } else if (element.is("TableLikeClause")) {
                Relation like = effects.relation(Names.of(element.get("relation")));
                effects.lock(like, LockMode.ACCESS_SHARE);
                effects.fold(effects.relation(name).withColumns(merged(effects.relation(name), like.columns())));
                if ((element.integer("options") & LIKE_INDEXES) != 0) {
                    like.indexes().forEach(index -> copy(index, like, name, effects));
                }
            } else if (element.is("Constraint")) {
                constraints.add(element);
            }
        }
        constraints.forEach(constraint -> constraint(constraint, List.of(), name, effects));
    }

    private static void constraint(SyntaxNode node, List<String> column, RelationName table, Effects effects) {
        if (node.string("contype").equals("CONSTR_FOREIGN")) {
            RelationName referenced = Names.of(node.get("pktable"));
            if (!referenced.equals(table)) {
                Keys.lockReferenced(referenced, node.strings("pk_attrs"), LockMode.SHARE_ROW_EXCLUSIVE, effects);
            }
        } else if (node.string("contype").equals("CONSTR_NOTNULL")) {
            node.strings("keys").forEach(key -> effects.fold(effects.relation(table).changeColumn(key,
                    c -> c.withNotNull(true))));
        }
        effects.fold(AddConstraint.fold(effects.relation(table), node, column, effects));
    }

    /** CREATE TABLE AS and CREATE MATERIALIZED VIEW: the query runs, unless WITH NO DATA. */
    private static void as(SyntaxNode node, Effects effects) {
        RelationName name = Names.of(node.get("into").get("rel"));
        if (node.flag("if_not_exists") && effects.known(name)) {
            return;
        }
        if (node.get("query").is("ExecuteStmt")) {
            effects.unknown("what a prepared statement does is not known here");
        } else if (node.get("into").flag("skipData")) {
            Query.parsed(node.get("query"), effects);
        } else {
            Query.run(node.get("query"), effects);
        }
        boolean view = node.string("objtype").equals("OBJECT_MATVIEW");
        effects.fold(effects.after().with(Relation.created(name, view ? Kind.MATERIALIZED_VIEW : Kind.TABLE,
                List.of())));
        if (view) {
            Views.tie(name, node.get("query"), effects);
        }
    }

    static void fromQuery(RelationName name, Effects effects) {
        effects.deploy(DeploymentClass.EXPAND);
        effects.fold(effects.after().with(Relation.created(name, Kind.TABLE, List.of())));
    }
}
