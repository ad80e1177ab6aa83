package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.Names;

/**
 * ADD CONSTRAINT. All take ACCESS EXCLUSIVE, a foreign key SHARE ROW EXCLUSIVE on both tables; without NOT VALID every row
 * is looked at, or an index is built, under that lock.
 */
final class AddConstraint implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AddConstraint CONSTR_CHECK", "AT_AddConstraint CONSTR_FOREIGN",
                "AT_AddConstraint CONSTR_UNIQUE", "AT_AddConstraint CONSTR_PRIMARY",
                "AT_AddConstraint CONSTR_EXCLUSION", "AT_AddConstraint CONSTR_NOTNULL");
    }

    @Override
    public void tell(Written written, Effects effects) {
        effects.deploy(DeploymentClass.CONTRACT);
        tell(written.node().get("def"), List.of(), false, written, effects);
    }

    /**
     * @param column the one behind which it is written, if any
     * @param empty  that column is new and NULL in every row: a foreign key has nothing to check
     */
    static void tell(SyntaxNode node, List<String> column, boolean empty, Written written, Effects effects) {
        List<Relation> targets = node.flag("is_no_inherit")
                ? written.targets(effects).subList(0, 1)
                : written.targets(effects);
        boolean inUse = targets.stream().anyMatch(target -> effects.inUse(target.name()));
        Relation root = targets.get(0);
        switch (node.string("contype")) {
            case "CONSTR_CHECK" -> {
                boolean scans = !node.flag("skip_validation") && (node.flag("is_enforced") || !column.isEmpty());
                all(targets, scans, effects);
                find(inUse && scans, Rule.ADD_CHECK, "a CHECK on " + root.name() + " is tried on every row", effects);
            }
            case "CONSTR_FOREIGN" -> foreignKey(node, targets, empty, inUse, effects);
            case "CONSTR_UNIQUE" -> {
                if (!usingIndex(node, root, effects)) {
                    index(targets, effects);
                    find(inUse, Rule.ADD_UNIQUE, "an index on " + root.name() + " is built for UNIQUE", effects);
                }
            }
            case "CONSTR_PRIMARY" -> primaryKey(node, targets, inUse, effects);
            case "CONSTR_EXCLUSION" -> {
                index(targets, effects);
                find(inUse, Rule.ADD_EXCLUSION, "an index on " + root.name() + " is built for EXCLUDE", effects);
            }
            case "CONSTR_NOTNULL" -> {
                for (String name : node.strings("keys")) {
                    NotNull.set(name, node.flag("skip_validation"), targets, effects);
                }
            }
            default -> effects.unknown("the constraint " + node.string("contype") + " is not understood");
        }
        for (Relation target : targets) {
            effects.fold(fold(effects.relation(target.name()), node, column, effects));
        }
    }

    private static void all(List<Relation> targets, boolean scans, Effects effects) {
        for (Relation target : targets) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            if (scans) {
                effects.scan(target);
            }
        }
    }

    private static void foreignKey(SyntaxNode node, List<Relation> targets, boolean empty, boolean inUse,
            Effects effects) {
        RelationName referenced = Names.of(node.get("pktable"));
        targets.forEach(target -> effects.lock(target, LockMode.SHARE_ROW_EXCLUSIVE));
        Keys.lockReferenced(referenced, node.strings("pk_attrs"), LockMode.SHARE_ROW_EXCLUSIVE, effects);
        boolean enforced = node.flag("is_enforced");
        if (!node.flag("skip_validation") && !empty && enforced) {
            targets.forEach(target -> Keys.validate(target, referenced, effects));
            find(inUse, Rule.ADD_FOREIGN_KEY,
                    "a foreign key from " + targets.get(0).name() + " to " + referenced + " is tried on every row",
                    effects);
        }
    }

    private static void primaryKey(SyntaxNode node, List<Relation> targets, boolean inUse, Effects effects) {
        Relation root = targets.get(0);
        if (node.has("indexname")) {
            usingIndex(node, root, effects);
            boolean proven = root.index(node.string("indexname")).filter(index -> index.keys().stream()
                    .allMatch(key -> root.column(key).filter(c -> c.notNull()).isPresent())).isPresent();
            if (!proven) {
                effects.scan(root);
                find(inUse, Rule.ADD_PRIMARY_KEY,
                        "the columns of the key of " + root.name() + " are not NOT NULL: every row is looked at",
                        effects);
            }
            return;
        }
        index(targets, effects);
        targets.forEach(target -> effects.lock(target, LockMode.ACCESS_EXCLUSIVE));
        find(inUse, Rule.ADD_PRIMARY_KEY, "an index on " + root.name() + " is built for the primary key", effects);
    }

    private static boolean usingIndex(SyntaxNode node, Relation table, Effects effects) {
        if (!node.has("indexname")) {
            return false;
        }
        effects.lock(table, LockMode.ACCESS_EXCLUSIVE);
        String index = node.string("indexname");
        boolean renamed = node.has("conname") && !node.string("conname").equals(index);
        effects.lock(RelationName.of(table.name().schema(), index),
                renamed ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_SHARE);
        return true;
    }

    /** Until 17 an index of a partition is built for UNIQUE under SHARE alone. */
    private static void index(List<Relation> targets, Effects effects) {
        effects.lock(targets.get(0), LockMode.ACCESS_EXCLUSIVE);
        for (Relation target : targets) {
            effects.lock(target,
                    effects.before().serverVersion() < 180000 ? LockMode.SHARE : LockMode.ACCESS_EXCLUSIVE);
            effects.scan(target);
        }
    }

    private static void find(boolean inUse, Rule rule, String message, Effects effects) {
        if (inUse) {
            effects.find(rule, message);
        }
    }

    /** The table with the constraint, and the index behind it. */
    static Relation fold(Relation table, SyntaxNode node, List<String> column, Effects effects) {
        Constraint.Type type = switch (node.string("contype")) {
            case "CONSTR_CHECK" -> Constraint.Type.CHECK;
            case "CONSTR_FOREIGN" -> Constraint.Type.FOREIGN_KEY;
            case "CONSTR_UNIQUE" -> Constraint.Type.UNIQUE;
            case "CONSTR_PRIMARY" -> Constraint.Type.PRIMARY_KEY;
            case "CONSTR_EXCLUSION" -> Constraint.Type.EXCLUDE;
            default -> null;
        };
        if (type == null) {
            return table;
        }
        boolean valid = !node.flag("skip_validation");
        List<String> columns = columns(table, node, type, column);
        String name = name(table, node, type, columns);
        Optional<RelationName> references = type == Constraint.Type.FOREIGN_KEY
                ? Optional.of(Names.of(node.get("pktable")))
                : Optional.empty();
        List<String> referenced = node.has("pk_attrs")
                ? node.strings("pk_attrs")
                : references.flatMap(effects.after()::relation).flatMap(Relation::primaryKey)
                        .map(Constraint::columns).orElse(List.of());
        boolean indexed = type == Constraint.Type.UNIQUE || type == Constraint.Type.PRIMARY_KEY
                || type == Constraint.Type.EXCLUDE;
        Relation changed = table.withConstraint(new Constraint(name, type, columns,
                type == Constraint.Type.CHECK ? NotNull.proof(node.get("raw_expr")) : "", valid,
                indexed ? Optional.of(name) : Optional.empty(), references, referenced, Optional.empty()));
        if (type == Constraint.Type.PRIMARY_KEY) {
            for (String key : columns) {
                changed = changed.changeColumn(key, c -> c.withNotNull(true));
            }
        }
        if (!indexed) {
            return changed;
        }
        Optional<Index> taken = table.index(node.string("indexname"));
        Index made = new Index(name, "", columns, columns.stream().filter(key -> !key.isEmpty()).toList(),
                type != Constraint.Type.EXCLUDE, true, Optional.of(name),
                false, false, false, false, Optional.empty(), Optional.empty());
        return changed.withoutIndex(taken.map(Index::name).orElse("")).withIndex(made);
    }

    private static List<String> columns(Relation table, SyntaxNode node, Constraint.Type type, List<String> column) {
        if (node.has("indexname")) {
            return table.index(node.string("indexname")).map(Index::keys).orElse(List.of());
        }
        return switch (type) {
            case CHECK -> Expressions.columns(node.get("raw_expr"));
            case FOREIGN_KEY -> node.has("fk_attrs") ? node.strings("fk_attrs") : column;
            case EXCLUDE -> Expressions.excluded(node);
            default -> node.has("keys") ? node.strings("keys") : column;
        };
    }

    private static String name(Relation table, SyntaxNode node, Constraint.Type type, List<String> columns) {
        if (node.has("conname")) {
            return node.string("conname");
        }
        if (node.has("indexname")) {
            return node.string("indexname");
        }
        List<String> parts = new ArrayList<>(List.of(table.name().name()));
        if (type != Constraint.Type.PRIMARY_KEY && (type != Constraint.Type.CHECK || columns.size() == 1)) {
            columns.forEach(name -> parts.add(name.isEmpty() ? "expr" : name));
        }
        parts.add(switch (type) {
            case PRIMARY_KEY -> "pkey";
            case UNIQUE -> "key";
            case CHECK -> "check";
            case FOREIGN_KEY -> "fkey";
            case EXCLUDE -> "excl";
            case TRIGGER -> "trigger";
        });
        String wanted = String.join("_", parts);
        String candidate = wanted;
        for (int number = 1; table.constraint(candidate).isPresent(); number++) {
            candidate = wanted + number;
        }
        return candidate;
    }
}
