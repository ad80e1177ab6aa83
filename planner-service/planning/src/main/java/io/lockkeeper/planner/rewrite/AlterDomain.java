package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Properties;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Symbols;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ALTER DOMAIN: a catalog update without a lock on any table, but for what looks at rows: ADD CONSTRAINT, VALIDATE and SET NOT
 * NULL read every table that uses the domain under SHARE, which writers wait for, and nothing makes that shorter. NOT VALID asks
 * of new values alone.
 */
final class AlterDomain implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AlterDomainStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        RelationName name = Subject.name(node.strings("typeName"));
        Symbols.Domain domain = Optional.ofNullable(subject.catalog().symbols().domains().get(name))
                .orElseThrow(() -> new RefusedStatement("no-such-type", "domain " + name + " does not exist", "",
                        "Check the name and its schema."));
        subject.refuseCascade(node);
        return switch (node.string("subtype")) {
            case "T" -> defaultValue(subject, domain);
            case "N", "O" -> notNull(subject, domain, node.string("subtype").equals("O"));
            case "C" -> addConstraint(subject, domain);
            case "X" -> dropConstraint(subject, domain);
            default -> validate(subject, domain);
        };
    }

    private static Sequence defaultValue(Subject subject, Symbols.Domain domain) {
        boolean set = subject.node().has("def");
        // An INSERT of the old version that leaves a column out relies on it.
        Stage stage = set ? Stage.EXPAND : subject.release().tighten();
        return planned(subject, changed(subject, domain, domain.checks(), domain.notNull()), stage, domain,
                (set ? "Set" : "Drop") + " the default of domain ")
                .undone(alter(domain) + domain.defaultExpression().map(old -> "SET DEFAULT " + old)
                        .orElse("DROP DEFAULT"));
    }

    private static Sequence notNull(Subject subject, Symbols.Domain domain, boolean required) {
        if (required == domain.notNull()) {
            return Sequence.nothing(subject.catalog(), "domain " + domain.name() + " is "
                    + (required ? "NOT NULL" : "nullable") + " already");
        }
        if (required) {
            requireUnused(subject, domain, "SET NOT NULL",
                    "Ask it of each column instead: ALTER TABLE … SET NOT NULL is proven beside the traffic.");
        }
        Planned planned = planned(subject, changed(subject, domain, domain.checks(), required), Stage.EXPAND, domain,
                required ? "Let no value be missing in domain " : "Let values be missing in domain ");
        return required || users(subject.catalog(), domain).isEmpty()
                ? planned.undone(alter(domain) + (required ? "DROP NOT NULL" : "SET NOT NULL"))
                : planned.kept("it stays nullable: to ask for values again reads every table that uses it under SHARE");
    }

    private static Sequence addConstraint(Subject subject, Symbols.Domain domain) {
        SyntaxNode constraint = subject.node().get("def");
        if (!constraint.string("contype").equals("CONSTR_CHECK") || !constraint.has("conname")) {
            throw new RefusedStatement("constraint-name", "a constraint of domain " + domain.name()
                    + " is no CHECK, or has no name", "Nobody could take it back by name.",
                    "Say ADD CONSTRAINT name CHECK (…) NOT VALID.");
        }
        String name = constraint.string("conname");
        if (check(domain, name).isPresent()) {
            throw new RefusedStatement("already-exists", "constraint " + name + " of domain " + domain.name()
                    + " exists already", "", "Choose another name.");
        }
        boolean used = !users(subject.catalog(), domain).isEmpty();
        if (!constraint.flag("skip_validation")) {
            requireUnused(subject, domain, "ADD CONSTRAINT",
                    "Say NOT VALID: new values are held to it; and put a CHECK on each column, which is proven beside the"
                            + " traffic.");
        }
        List<Properties.Part> checks = new ArrayList<>(domain.checks());
        checks.add(new Properties.Part(name, ""));
        Sequence added = planned(subject, changed(subject, domain, checks, domain.notNull()),
                used ? subject.release().tighten() : Stage.EXPAND, domain, "Ask " + name + " of new values of domain ")
                .undone(alter(domain) + "DROP CONSTRAINT " + quote(name));
        return used
                ? added.withTolerance(Tolerance.Side.NEW_WRITERS,
                        "give values that satisfy " + name + " of domain " + domain.name())
                : added;
    }

    private static Sequence dropConstraint(Subject subject, Symbols.Domain domain) {
        String name = subject.node().string("name");
        Optional<Properties.Part> check = check(domain, name);
        if (check.isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "constraint " + name + " of " + domain.name() + " is not there");
        }
        String definition = check.orElseThrow(() -> noSuchConstraint(domain, name)).definition();
        Planned planned = planned(subject, changed(subject, domain, domain.checks().stream()
                .filter(other -> !other.name().equals(name)).toList(), domain.notNull()), Stage.EXPAND, domain,
                "Drop constraint " + name + " of domain ");
        String again = alter(domain) + "ADD CONSTRAINT " + quote(name) + " " + definition;
        boolean proven = !definition.endsWith(" NOT VALID") && !users(subject.catalog(), domain).isEmpty();
        return proven
                ? Sequence.of(planned.after(), planned.draft().undoneWithLossBy(
                        "it comes back NOT VALID: it is asked of new values alone", again + " NOT VALID"))
                : planned.undone(again);
    }

    private static Sequence validate(Subject subject, Symbols.Domain domain) {
        String name = subject.node().string("name");
        Properties.Part check = check(domain, name).orElseThrow(() -> noSuchConstraint(domain, name));
        requireUnused(subject, domain, "VALIDATE CONSTRAINT",
                "Leave it NOT VALID, and put a CHECK on each column, which is proven beside the traffic.");
        List<Properties.Part> checks = domain.checks().stream().map(other -> other.equals(check)
                ? new Properties.Part(name, check.definition().replaceFirst(" NOT VALID$", ""))
                : other).toList();
        Planned planned = planned(subject, changed(subject, domain, checks, domain.notNull()), Stage.EXPAND, domain,
                "Prove constraint " + name + " of domain ");
        return planned.undone(alter(domain) + "DROP CONSTRAINT " + quote(name),
                alter(domain) + "ADD CONSTRAINT " + quote(name) + " " + check.definition());
    }

    private static RefusedStatement noSuchConstraint(Symbols.Domain domain, String name) {
        return new RefusedStatement("no-such-constraint",
                "constraint " + name + " of domain " + domain.name() + " does not exist", "", "Check the name.");
    }

    private static void requireUnused(Subject subject, Symbols.Domain domain, String what, String advice) {
        List<RelationName> users = users(subject.catalog(), domain);
        if (!users.isEmpty()) {
            throw new RefusedStatement("domain-scan",
                    what + " of domain " + domain.name() + " reads every row of " + users.stream()
                            .map(RelationName::toString).collect(Collectors.joining(", ")),
                    "It holds SHARE on these tables for as long as that takes: every writer waits.", advice);
        }
    }

    /** Tables with rows of the domain, or of another domain on the same type, which may be built on this one. */
    private static List<RelationName> users(Catalog catalog, Symbols.Domain domain) {
        Set<RelationName> kin = catalog.symbols().domains().values().stream()
                .filter(other -> other.base().base().equals(domain.base().base())).map(Symbols.Domain::name)
                .collect(Collectors.toSet());
        return catalog.relations().values().stream().filter(relation -> !relation.created())
                .filter(relation -> relation.columns().stream().anyMatch(column -> kin.contains(column.type().base())))
                .map(Relation::name).toList();
    }

    private static Optional<Properties.Part> check(Symbols.Domain domain, String name) {
        return domain.checks().stream().filter(check -> check.name().equals(name)).findFirst();
    }

    private static Catalog changed(Subject subject, Symbols.Domain domain, List<Properties.Part> checks,
            boolean notNull) {
        Catalog catalog = subject.catalog();
        Type type = catalog.types().get(domain.name());
        boolean constrained = notNull || !checks.isEmpty() || type.constrained();
        return catalog.with(new Type(type.name(), type.sql(), type.kind(), type.category(), constrained, type.labels()))
                .with(catalog.symbols().with(new Symbols.Domain(domain.name(), domain.base(), constrained, notNull,
                        domain.defaultExpression(), checks)));
    }

    private static String alter(Symbols.Domain domain) {
        return "ALTER DOMAIN " + domain.name().quoted() + " ";
    }

    private static Planned planned(Subject subject, Catalog after, Stage stage, Symbols.Domain domain, String title) {
        subject.text().qualifyNameAt(2); // ALTER DOMAIN name
        return new Planned(after, Draft.ddl(stage, "alter-domain-" + domain.name().name(), title + domain.name(),
                subject.underSearchPath(List.of(subject.text().whole()))));
    }

    private record Planned(Catalog after, Draft draft) {

        Sequence undone(String... statements) {
            return Sequence.of(after, draft.undoneBy(statements));
        }

        Sequence kept(String note) {
            return Sequence.of(after, draft.undone(false, note));
        }
    }
}
