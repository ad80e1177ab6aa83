package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Inheritance;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.catalog.Ties;
import io.lockkeeper.planner.statement.Names;

/** DROP: ACCESS EXCLUSIVE on the object and on whatever is tied to it. */
final class Drop implements Operation {

    private static final Set<String> RELATIONS = Set.of("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW",
            "OBJECT_FOREIGN_TABLE", "OBJECT_SEQUENCE");
    private static final Set<String> PARTS = Set.of("OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE");
    private static final Set<String> OTHERS = Set.of("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE",
            "OBJECT_AGGREGATE", "OBJECT_OPERATOR", "OBJECT_CAST", "OBJECT_TRANSFORM", "OBJECT_OPCLASS",
            "OBJECT_OPFAMILY", "OBJECT_COLLATION", "OBJECT_CONVERSION", "OBJECT_TSPARSER", "OBJECT_TSDICTIONARY",
            "OBJECT_TSTEMPLATE", "OBJECT_TSCONFIGURATION");
    private static final Set<String> SERVER = Set.of("OBJECT_EXTENSION", "OBJECT_ACCESS_METHOD", "OBJECT_LANGUAGE",
            "OBJECT_FDW", "OBJECT_FOREIGN_SERVER", "OBJECT_EVENT_TRIGGER");

    @Override
    public Set<String> takes() {
        return Stream.of(RELATIONS, PARTS, OTHERS, SERVER,
                Set.of("OBJECT_INDEX", "OBJECT_SCHEMA", "OBJECT_TYPE", "OBJECT_DOMAIN", "OBJECT_STATISTIC_EXT",
                        "OBJECT_PUBLICATION"))
                .flatMap(Set::stream).map(type -> "DropStmt " + type).collect(Collectors.toSet());
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        String type = node.string("removeType");
        for (SyntaxNode object : node.list("objects")) {
            List<String> parts = switch (object.type()) {
                case "List" -> object.strings("items");
                case "TypeName" -> object.strings("names");
                case "ObjectWithArgs" -> object.strings("objname");
                default -> List.of(object.string("sval"));
            };
            if (RELATIONS.contains(type)) {
                relation(Names.of(parts), node.flag("missing_ok"), written.cascade(), effects);
            } else if (type.equals("OBJECT_INDEX")) {
                index(Names.of(parts), node, effects);
            } else if (PARTS.contains(type)) {
                part(type, parts, node.flag("missing_ok"), effects);
            } else if (type.equals("OBJECT_TYPE") || type.equals("OBJECT_DOMAIN")) {
                type(Names.of(parts), written.cascade(), effects);
            } else if (type.equals("OBJECT_SCHEMA")) {
                schema(parts.get(0), written.cascade(), effects);
            } else {
                other(type, parts, effects);
            }
        }
        if (written.cascade()) {
            effects.hazard(Hazard.IRREVERSIBLE);
            effects.find(Rule.DROP_CASCADE, "CASCADE drops what the statement does not name");
        }
    }

    private static void relation(RelationName name, boolean optional, boolean cascade, Effects effects) {
        if (optional && effects.absent(name)) {
            return;
        }
        Relation relation = effects.relation(name);
        for (RelationName part : relation.kind() == Kind.PARTITIONED_TABLE || cascade
                ? effects.after().tree(name)
                : List.of(name)) {
            one(effects.relation(part), cascade, effects);
        }
        effects.after().tree(name).stream().skip(1)
                .filter(part -> relation.kind() == Kind.PARTITIONED_TABLE || cascade)
                .forEach(part -> effects.fold(effects.after().dropped(part)));
        effects.fold(effects.after().dropped(name));
        if (effects.inUse(name)) {
            boolean rows = relation.kind() != Kind.VIEW && relation.kind() != Kind.MATERIALIZED_VIEW;
            if (rows) {
                effects.hazard(Hazard.DATA_LOSS);
                effects.hazard(Hazard.IRREVERSIBLE);
            }
            effects.breaks(DeploymentClass.CONTRACT, rows ? Rule.DROP_TABLE : Rule.DROP_OBJECT,
                    name + " is gone at once");
        }
    }

    private static void one(Relation relation, boolean cascade, Effects effects) {
        effects.lock(relation, LockMode.ACCESS_EXCLUSIVE);
        effects.lockIndexes(relation, LockMode.ACCESS_EXCLUSIVE);
        for (Column column : relation.columns()) {
            column.ownedSequence().ifPresent(sequence -> {
                effects.lock(sequence, LockMode.ACCESS_EXCLUSIVE);
                effects.fold(effects.after().dropped(sequence));
            });
        }
        relation.constraints().stream().map(Constraint::references).flatMap(Optional::stream)
                .forEach(referenced -> Keys.lockTriggers(referenced, effects));
        for (Inheritance link : effects.after().parents(relation.name())) {
            if (link.bound().isPresent()) {
                effects.lock(link.parent(), LockMode.ACCESS_EXCLUSIVE);
                effects.after().children(link.parent()).stream().filter(Inheritance::isDefault)
                        .forEach(rest -> effects.lock(rest.child(), LockMode.ACCESS_EXCLUSIVE));
            }
        }
        if (cascade) {
            effects.after().foreignKeysTo(relation.name()).map(Catalog.ForeignKey::table).toList()
                    .forEach(user -> effects.lock(user, LockMode.ACCESS_EXCLUSIVE));
            ViewCascade.of(Ties.dependents(relation).toList(), effects);
        }
    }

    private static void index(RelationName name, SyntaxNode node, Effects effects) {
        Optional<Relation> table = effects.after().tableOfIndex(name);
        if (node.flag("missing_ok") && effects.absent(name)) {
            return;
        }
        effects.deploy(DeploymentClass.CONTRACT);
        if (table.isEmpty()) {
            effects.assume(name);
        }
        boolean concurrently = node.flag("concurrent");
        LockMode mode = concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE;
        table.ifPresent(owner -> {
            effects.after().tree(owner.name()).stream().filter(part -> !concurrently)
                    .forEach(part -> effects.lock(part, LockMode.ACCESS_EXCLUSIVE));
            effects.lock(owner, mode);
            effects.after().tree(name).forEach(part -> {
                effects.lock(part, mode);
                effects.fold(effects.after().dropped(part));
            });
        });
        effects.lock(name, mode);
        if (concurrently) {
            effects.outsideTransaction();
            effects.hazard(Hazard.INDEX_INVALID_RISK);
        } else if (table.isEmpty() || effects.inUse(table.get().name())) {
            effects.find(Rule.DROP_INDEX, "the table of " + name + " is locked against readers and writers");
        }
    }

    private static void part(String type, List<String> parts, boolean optional, Effects effects) {
        RelationName table = Names.of(parts.subList(0, parts.size() - 1));
        String name = parts.get(parts.size() - 1);
        Relation relation = effects.relation(table);
        boolean there = relation.triggers().stream().anyMatch(trigger -> trigger.name().equals(name));
        if (optional && type.equals("OBJECT_TRIGGER") && !there && !effects.before().offline()) {
            return;
        }
        effects.after().tree(table).forEach(part -> effects.lock(part, LockMode.ACCESS_EXCLUSIVE));
        effects.fold(relation.withTriggers(relation.triggers().stream()
                .filter(trigger -> !type.equals("OBJECT_TRIGGER") || !trigger.name().equals(name)).toList()));
        if (effects.inUse(table)) {
            effects.deploy(DeploymentClass.CONTRACT);
            effects.find(type.equals("OBJECT_POLICY") ? Rule.CHANGE_ROW_SECURITY : Rule.CHANGE_TRIGGER,
                    name + " of " + table + " does nothing any more");
        }
    }

    private static void type(RelationName name, boolean cascade, Effects effects) {
        if (cascade) {
            for (Relation relation : effects.after().relations().values()) {
                for (Column column : relation.columns()) {
                    if (column.type().base().equals(name)) {
                        effects.lock(relation, LockMode.ACCESS_EXCLUSIVE);
                        effects.hazard(Hazard.DATA_LOSS);
                        effects.fold(effects.relation(relation.name()).withoutColumn(column.name()));
                    }
                }
            }
        }
        effects.breaks(DeploymentClass.CONTRACT, Rule.DROP_OBJECT, "type " + name + " is gone at once");
    }

    private static void schema(String schema, boolean cascade, Effects effects) {
        if (cascade) {
            for (Relation relation : effects.after().relations().values()) {
                if (relation.name().schema().equals(schema)) {
                    one(relation, true, effects);
                    effects.fold(effects.after().dropped(relation.name()));
                    effects.hazard(Hazard.DATA_LOSS);
                }
            }
        }
        effects.hazard(Hazard.IRREVERSIBLE);
        effects.breaks(DeploymentClass.CONTRACT, Rule.DROP_OBJECT, "schema " + schema + " is gone at once");
    }

    private static void other(String type, List<String> parts, Effects effects) {
        String name = String.join(".", parts);
        if (SERVER.contains(type)) {
            effects.unknown("what the server as a whole has is dropped");
        } else if (type.equals("OBJECT_STATISTIC_EXT")) {
            RelationName statistics = Names.of(parts);
            effects.after().relations().values().stream()
                    .filter(relation -> Ties.dependents(relation)
                            .anyMatch(tie -> tie.kind() == Dependent.Kind.STATISTICS
                                    && tie.description().endsWith(" " + statistics)))
                    .forEach(relation -> effects.lock(relation, LockMode.SHARE_UPDATE_EXCLUSIVE));
        } else if (type.equals("OBJECT_PUBLICATION")) {
            effects.hazard(Hazard.CDC_BLIND);
            effects.breaks(DeploymentClass.CONTRACT, Rule.CHANGE_PUBLICATION, "who reads " + name + " gets no more");
        } else {
            RelationName routine = parts.isEmpty() ? RelationName.of("public", "?") : Names.of(parts);
            effects.fold(effects.after().withRoutines(effects.after().routines().stream()
                    .filter(known -> !known.name().equals(routine)).toList()));
            effects.breaks(DeploymentClass.CONTRACT, Rule.DROP_OBJECT, "who uses " + routine + " fails at once");
        }
    }
}
