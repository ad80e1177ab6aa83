package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Symbols;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.statement.Names;

/**
 * Types. A domain's new constraint is tried on every row of every table that uses the domain, under SHARE; an enum's new
 * value cannot be taken back.
 */
final class Types implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("CreateEnumStmt", "CompositeTypeStmt", "CreateRangeStmt", "CreateDomainStmt", "AlterEnumStmt",
                "AlterDomainStmt", "AlterTypeStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        effects.deploy(DeploymentClass.EXPAND);
        switch (node.type()) {
            case "CreateEnumStmt" -> created(Names.of(node.strings("typeName")), Type.Kind.ENUM, "E", effects);
            case "CompositeTypeStmt" -> created(Names.of(node.get("typevar")), Type.Kind.COMPOSITE, "C", effects);
            case "CreateRangeStmt" -> created(Names.of(node.strings("typeName")), Type.Kind.RANGE, "R", effects);
            case "CreateDomainStmt" -> domain(node, effects);
            case "AlterEnumStmt" -> value(node, effects);
            case "AlterDomainStmt" -> alterDomain(node, effects);
            default -> effects.unknown("ALTER TYPE … SET changes how values are stored and read");
        }
    }

    private static void created(RelationName name, Type.Kind kind, String category, Effects effects) {
        effects.fold(effects.after().with(new Type(name, name.toString(), kind, category)));
    }

    private static void domain(SyntaxNode node, Effects effects) {
        RelationName name = Names.of(node.strings("domainname"));
        ColumnType written = Written.type(node.get("typeName"), effects.after());
        Optional<Symbols.Domain> below = Optional.ofNullable(effects.after().symbols().domains().get(written.base()));
        boolean constrained = node.list("constraints").stream().map(constraint -> constraint.string("contype"))
                .anyMatch(type -> type.equals("CONSTR_CHECK") || type.equals("CONSTR_NOTNULL"));
        String category = Optional.ofNullable(effects.after().types().get(written.base())).map(Type::category)
                .orElse("U");
        created(name, Type.Kind.DOMAIN, category, effects);
        effects.fold(effects.after().with(effects.after().symbols().with(new Symbols.Domain(name,
                below.map(Symbols.Domain::base).orElse(written),
                constrained || below.filter(Symbols.Domain::constrained).isPresent()))));
    }

    private static void value(SyntaxNode node, Effects effects) {
        String type = String.join(".", node.strings("typeName"));
        effects.hazard(Hazard.CDC_BLIND);
        if (node.has("oldVal")) {
            effects.breaks(DeploymentClass.BREAKING, Rule.ENUM_VALUE,
                    "a value of " + type + " has another name at once");
        } else {
            effects.hazard(Hazard.IRREVERSIBLE);
            effects.find(Rule.ENUM_VALUE, "a new value of " + type + " may reach readers that do not know it");
        }
    }

    private static void alterDomain(SyntaxNode node, Effects effects) {
        RelationName name = Names.of(node.strings("typeName"));
        SyntaxNode constraint = node.get("def");
        boolean checks = switch (node.string("subtype")) {
            case "O", "V" -> true;
            case "C" -> !constraint.flag("skip_validation");
            default -> false;
        };
        boolean forbids = checks || node.string("subtype").equals("C");
        effects.deploy(forbids ? DeploymentClass.CONTRACT : DeploymentClass.EXPAND);
        if (forbids) {
            Optional.ofNullable(effects.after().symbols().domains().get(name)).ifPresent(domain -> effects
                    .fold(effects.after().with(effects.after().symbols()
                            .with(new Symbols.Domain(name, domain.base(), true)))));
        }
        if (!checks) {
            return;
        }
        List<Relation> users = effects.after().relations().values().stream()
                .filter(relation -> relation.columns().stream().anyMatch(c -> c.type().base().equals(name))).toList();
        for (Relation user : users) {
            effects.lock(user, LockMode.SHARE);
            effects.scan(user);
        }
        if (effects.before().offline() || users.stream().anyMatch(user -> effects.inUse(user.name()))) {
            effects.hazard(Hazard.BLOCKS_WRITES);
            effects.find(Rule.ADD_CHECK, "every row of every table that uses domain " + name + " is looked at");
        }
    }

    /** ALTER TYPE … ADD, ALTER and DROP ATTRIBUTE of a composite type. */
    static void attribute(SyntaxNode command, Effects effects) {
        if (command.string("subtype").equals("AT_AddColumn")) {
            effects.deploy(DeploymentClass.EXPAND);
        } else {
            effects.hazard(Hazard.DATA_LOSS);
            effects.breaks(DeploymentClass.BREAKING, Rule.CHANGE_COLUMN_TYPE,
                    "values of the composite type have another shape at once");
        }
    }
}
