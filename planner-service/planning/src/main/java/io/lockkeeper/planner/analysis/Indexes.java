package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Inheritance;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.Names;

/**
 * CREATE INDEX and REINDEX: SHARE on the table, so that nobody writes while every row is read; CONCURRENTLY bears with
 * writers, outside a transaction, and leaves an invalid index behind when it fails.
 */
final class Indexes implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("IndexStmt", "ReindexStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        if (written.node().is("IndexStmt")) {
            create(written.node(), effects);
        } else {
            rebuild(written.node(), effects);
        }
    }

    private static void create(SyntaxNode node, Effects effects) {
        effects.deploy(node.flag("unique") ? DeploymentClass.CONTRACT : DeploymentClass.EXPAND);
        Relation table = effects.relation(Names.of(node.get("relation")));
        boolean concurrently = node.flag("concurrent");
        LockMode mode = concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.SHARE;
        if (concurrently) {
            effects.outsideTransaction();
            effects.hazard(Hazard.INDEX_INVALID_RISK);
        }
        String name = name(node, table, effects);
        effects.lock(table, mode);
        if (node.flag("if_not_exists") && node.has("idxname") && table.index(name).isPresent()) {
            return;
        }
        boolean whole = table.kind() == Kind.PARTITIONED_TABLE && node.get("relation").flag("inh");
        Optional<RelationName> parent = Optional.empty();
        for (RelationName part : whole ? effects.after().tree(table.name()) : List.of(table.name())) {
            Relation target = effects.relation(part);
            effects.lock(target, mode);
            Optional<Index> alike = part.equals(table.name())
                    ? Optional.empty()
                    : alike(target, index(name, node), effects);
            if (alike.isPresent()) {
                // The partition's own index is taken instead of another one.
                RelationName child = Effects.name(target, alike.get());
                effects.lock(child, mode);
                parent.ifPresent(above -> effects.fold(effects.after().with(new Inheritance(child, above,
                        Optional.empty()))));
                continue;
            }
            effects.scan(target);
            String own = part.equals(table.name()) ? name : name(node.get("none"), target, effects);
            effects.fold(target.withIndex(index(own, node)));
            RelationName made = RelationName.of(part.schema(), own);
            parent.ifPresent(above -> effects.fold(effects.after().with(new Inheritance(made, above,
                    Optional.empty()))));
            parent = part.equals(table.name()) ? Optional.of(made) : parent;
        }
        if (!concurrently && effects.inUse(table.name()) && (whole || table.kind() != Kind.PARTITIONED_TABLE)) {
            effects.find(Rule.CREATE_INDEX, "nobody may write to " + table.name() + " while the index is built");
        }
    }

    /** One that no other parent has: an index belongs to one tree. */
    private static Optional<Index> alike(Relation partition, Index wanted, Effects effects) {
        return partition.indexes().stream()
                .filter(index -> effects.after().parents(Effects.name(partition, index)).isEmpty())
                .filter(index -> index.valid() && index.constraint().isEmpty()
                        && !index.computed() && !wanted.computed() && index.unique() == wanted.unique()
                        && index.keys().equals(wanted.keys()) && index.mentions().equals(wanted.mentions()))
                .findFirst();
    }

    /** As they stand in the name of an index that PostgreSQL names. */
    static String columns(Index index) {
        return index.keys().stream().map(key -> key.isEmpty() ? "expr" : key).collect(Collectors.joining("_"));
    }

    private static Index index(String name, SyntaxNode node) {
        List<String> keys = node.list("indexParams").stream().map(key -> key.string("name")).toList();
        List<String> mentions = new ArrayList<>(keys.stream().filter(key -> !key.isEmpty()).toList());
        node.list("indexIncludingParams").forEach(key -> mentions.add(key.string("name")));
        node.list("indexParams").stream().filter(key -> key.has("expr"))
                .forEach(key -> mentions.addAll(Expressions.columns(key.get("expr"))));
        mentions.addAll(Expressions.columns(node.get("whereClause")));
        boolean computed = keys.contains("") || node.has("whereClause");
        return new Index(name, "", keys, mentions, node.flag("unique"), true, Optional.empty(), false, false, computed,
                node.has("tableSpace"), Optional.empty(), Optional.empty());
    }

    private static String name(SyntaxNode node, Relation table, Effects effects) {
        if (node.has("idxname")) {
            return node.string("idxname");
        }
        List<String> parts = new ArrayList<>(List.of(table.name().name()));
        node.list("indexParams").forEach(key -> parts.add(key.has("name") ? key.string("name") : "expr"));
        parts.add("idx");
        return effects.after().freeName(table.name().schema(), String.join("_", parts), taken -> false);
    }

    private static void rebuild(SyntaxNode node, Effects effects) {
        boolean concurrently = node.list("params").stream().anyMatch(p -> p.string("defname").equals("concurrently"));
        LockMode mode = concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.SHARE;
        if (concurrently) {
            effects.outsideTransaction();
            effects.hazard(Hazard.INDEX_INVALID_RISK);
        }
        List<Relation> tables = new ArrayList<>();
        String kind = node.string("kind");
        switch (kind) {
            case "REINDEX_OBJECT_INDEX" -> {
                RelationName index = Names.of(node.get("relation"));
                Optional<Relation> table = effects.after().tableOfIndex(index);
                if (table.isEmpty()) {
                    effects.assume(index);
                    effects.copy(index);
                }
                if (table.filter(owner -> owner.kind() == Kind.PARTITIONED_TABLE).isPresent()) {
                    effects.outsideTransaction();
                }
                for (RelationName part : effects.after().tree(index)) {
                    effects.after().tableOfIndex(part).ifPresent(owner -> one(owner, part, mode, effects));
                }
                table.ifPresent(tables::add);
            }
            case "REINDEX_OBJECT_TABLE" -> {
                Relation root = effects.relation(Names.of(node.get("relation")));
                if (root.kind() == Kind.PARTITIONED_TABLE) {
                    effects.outsideTransaction();
                }
                tables.add(root);
                (root.kind() == Kind.PARTITIONED_TABLE
                        ? effects.after().tree(root.name())
                        : List.of(root.name())).stream().map(effects::relation)
                        .forEach(table -> all(table, mode, effects));
            }
            default -> {
                effects.outsideTransaction();
                effects.after().relations().values().stream()
                        .filter(table -> kind.equals("REINDEX_OBJECT_DATABASE")
                                || table.name().schema().equals(node.string("name")))
                        .forEach(table -> {
                            tables.add(table);
                            all(table, mode, effects);
                        });
                effects.unknown("every index there is is built again");
            }
        }
        if (!concurrently && tables.stream().anyMatch(table -> effects.inUse(table.name()))) {
            effects.find(Rule.REBUILD_INDEX, "nobody may write, or read by the index, while it is built again");
        }
    }

    private static void all(Relation table, LockMode mode, Effects effects) {
        effects.lock(table, mode);
        if (table.kind() != Kind.PARTITIONED_TABLE) {
            Effects.indexes(table).forEach(index -> one(table, index, mode, effects));
        }
    }

    private static void one(Relation table, RelationName index, LockMode mode, Effects effects) {
        effects.lock(table, mode);
        effects.lock(index, mode == LockMode.SHARE ? LockMode.ACCESS_EXCLUSIVE : mode);
        effects.copy(index);
        effects.scan(table);
    }
}
