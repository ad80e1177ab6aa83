package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Inheritance;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Names;

/** RENAME and SET SCHEMA: brief on every version, and everybody who uses the old name fails at once. */
final class Rename implements Operation {

    private static final Set<String> RELATIONS = Set.of("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW",
            "OBJECT_FOREIGN_TABLE", "OBJECT_SEQUENCE", "OBJECT_INDEX");
    /** Of a table: it is locked, and nobody names them but other migrations. */
    private static final Set<String> PARTS = Set.of("OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE");
    private static final Set<String> USED = Set.of("OBJECT_SCHEMA", "OBJECT_FUNCTION", "OBJECT_PROCEDURE",
            "OBJECT_AGGREGATE", "OBJECT_ROUTINE", "OBJECT_TYPE", "OBJECT_DOMAIN", "OBJECT_ATTRIBUTE",
            "OBJECT_COLLATION", "OBJECT_PUBLICATION", "OBJECT_TSCONFIGURATION", "OBJECT_TSDICTIONARY",
            "OBJECT_TSPARSER", "OBJECT_TSTEMPLATE");
    private static final Set<String> UNSEEN = Set.of("OBJECT_STATISTIC_EXT", "OBJECT_DOMCONSTRAINT",
            "OBJECT_CONVERSION", "OBJECT_OPCLASS", "OBJECT_OPFAMILY");
    private static final Set<String> SERVER = Set.of("OBJECT_ROLE", "OBJECT_DATABASE", "OBJECT_TABLESPACE",
            "OBJECT_EVENT_TRIGGER", "OBJECT_FDW", "OBJECT_FOREIGN_SERVER", "OBJECT_LANGUAGE", "OBJECT_SUBSCRIPTION");

    @Override
    public Set<String> takes() {
        return Stream.concat(Stream.of("AlterObjectSchemaStmt"),
                Stream.of(RELATIONS, PARTS, USED, UNSEEN, SERVER, Set.of("OBJECT_COLUMN", "OBJECT_TABCONSTRAINT"))
                        .flatMap(Set::stream).map(type -> "RenameStmt " + type))
                .collect(Collectors.toSet());
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        if (node.is("AlterObjectSchemaStmt")) {
            moveToSchema(written, effects);
            return;
        }
        String type = node.string("renameType");
        if (type.equals("OBJECT_COLUMN")) {
            column(written, effects);
        } else if (type.equals("OBJECT_TABCONSTRAINT")) {
            constraint(written, effects);
        } else if (RELATIONS.contains(type)) {
            RelationName from = written.target();
            // ALTER TABLE may name an index too; only ALTER INDEX takes the weaker lock on it.
            LockMode ofIndex = type.equals("OBJECT_INDEX")
                    ? LockMode.SHARE_UPDATE_EXCLUSIVE
                    : LockMode.ACCESS_EXCLUSIVE;
            relation(from, RelationName.of(from.schema(), node.string("newname")), ofIndex, effects);
        } else if (PARTS.contains(type)) {
            written.targets(effects).forEach(target -> effects.lock(target, LockMode.ACCESS_EXCLUSIVE));
        } else if (USED.contains(type)) {
            effects.breaks(DeploymentClass.BREAKING, Rule.RENAME, "who uses the old name fails at once");
        } else if (SERVER.contains(type)) {
            effects.unknown("what the server as a whole has is renamed");
        }
    }

    private static void column(Written written, Effects effects) {
        String from = written.node().string("subname");
        String to = written.node().string("newname");
        for (Relation target : written.targets(effects)) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            effects.fold(target.withColumns(target.columns().stream()
                    .map(c -> c.name().equals(from) ? c.withName(to) : c).toList())
                    .withConstraints(target.constraints().stream().map(c -> renamed(c, from, to)).toList())
                    .withIndexes(target.indexes().stream().map(index -> renamed(index, from, to)).toList()));
        }
        if (effects.inUse(written.target())) {
            effects.breaks(DeploymentClass.BREAKING, Rule.RENAME,
                    "who uses column " + from + " of " + written.target() + " fails at once");
        }
    }

    private static Constraint renamed(Constraint c, String from, String to) {
        return new Constraint(c.name(), c.type(), renamed(c.columns(), from, to), c.definition(), c.validated(),
                c.index(), c.references(), c.referencedColumns(), c.since());
    }

    private static Index renamed(Index i, String from, String to) {
        return new Index(i.name(), i.definition(), renamed(i.keys(), from, to), renamed(i.mentions(), from, to),
                i.unique(), i.valid(), i.constraint(), i.replicaIdentity(), i.clustered(), i.computed(),
                i.tablespace(), i.comment(), i.since());
    }

    private static List<String> renamed(List<String> names, String from, String to) {
        return names.stream().map(name -> name.equals(from) ? to : name).toList();
    }

    private static void constraint(Written written, Effects effects) {
        String from = written.node().string("subname");
        String to = written.node().string("newname");
        List<Relation> targets = written.targets(effects);
        // A key belongs to its own table; what children inherit has one name everywhere.
        boolean key = targets.get(0).constraint(from).filter(c -> c.type() != Constraint.Type.CHECK).isPresent();
        for (Relation target : key ? targets.subList(0, 1) : targets) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            target.constraint(from).flatMap(Constraint::index)
                    .ifPresent(index -> effects.lock(RelationName.of(target.name().schema(), index),
                            LockMode.SHARE_UPDATE_EXCLUSIVE));
            effects.fold(target.withConstraints(target.constraints().stream()
                    .map(c -> c.name().equals(from)
                            ? new Constraint(to, c.type(), c.columns(), c.definition(), c.validated(),
                                    c.index().map(name -> to), c.references(), c.referencedColumns(), c.since())
                            : c)
                    .toList())
                    .withIndexes(target.indexes().stream()
                            .map(i -> i.constraint().filter(from::equals).isPresent() ? named(i, to) : i).toList()));
        }
    }

    private static Index named(Index i, String name) {
        return new Index(name, i.definition(), i.keys(), i.mentions(), i.unique(), i.valid(),
                i.constraint().map(old -> name), i.replicaIdentity(), i.clustered(), i.computed(), i.tablespace(),
                i.comment(), i.since());
    }

    private static void relation(RelationName from, RelationName to, LockMode ofIndex, Effects effects) {
        if (effects.after().tableOfIndex(from).isPresent()) {
            effects.lock(from, ofIndex);
            Relation table = effects.after().tableOfIndex(from).get();
            effects.fold(table.withIndexes(table.indexes().stream()
                    .map(i -> i.name().equals(from.name()) ? named(i, to.name()) : i).toList()));
            return;
        }
        Relation relation = effects.relation(from);
        effects.lock(relation, LockMode.ACCESS_EXCLUSIVE);
        if (effects.inUse(from)) {
            effects.breaks(DeploymentClass.BREAKING, Rule.RENAME, "who uses the name " + from + " fails at once");
        }
        fold(relation, to, effects);
    }

    private static void moveToSchema(Written written, Effects effects) {
        SyntaxNode node = written.node();
        if (!node.has("relation")) {
            effects.breaks(DeploymentClass.BREAKING, Rule.RENAME, "who uses the old schema's name fails at once");
            return;
        }
        RelationName from = Names.of(node.get("relation"));
        Relation relation = effects.relation(from);
        effects.lock(relation, LockMode.ACCESS_EXCLUSIVE);
        if (effects.inUse(from)) {
            effects.breaks(DeploymentClass.BREAKING, Rule.RENAME, "who uses the name " + from + " fails at once");
        }
        String schema = node.string("newschema");
        for (Column column : relation.columns()) {
            column.ownedSequence().ifPresent(sequence -> {
                effects.lock(sequence, LockMode.ACCESS_EXCLUSIVE);
                fold(effects.relation(sequence), RelationName.of(schema, sequence.name()), effects);
            });
        }
        fold(effects.relation(from), RelationName.of(schema, from.name()), effects);
    }

    private static void fold(Relation relation, RelationName to, Effects effects) {
        RelationName from = relation.name();
        if (!effects.known(from)) {
            return;
        }
        Catalog catalog = effects.after();
        Set<Inheritance> links = catalog.inheritance().stream()
                .map(link -> new Inheritance(link.child().equals(from) ? to : link.child(),
                        link.parent().equals(from) ? to : link.parent(), link.bound()))
                .collect(Collectors.toSet());
        Catalog renamed = catalog.dropped(from).with(relation.withName(to)).withInheritance(links);
        for (Relation other : renamed.relations().values()) {
            if (other.constraints().stream().anyMatch(c -> c.references().filter(from::equals).isPresent())) {
                renamed = renamed.with(other.withConstraints(other.constraints().stream()
                        .map(c -> new Constraint(c.name(), c.type(), c.columns(), c.definition(), c.validated(),
                                c.index(), c.references().map(name -> name.equals(from) ? to : name),
                                c.referencedColumns(), c.since()))
                        .toList()));
            }
        }
        effects.fold(renamed);
    }
}
