package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * What a statement that changes rows must not contain: forms without a meaning in a migration, functions that may do
 * anything, and, where it runs in batches, queries whose result is not that of one row.
 *
 * @param verb  INSERT, UPDATE …, for people
 * @param reads the relations that it reads
 */
record RowChangeRules(Subject subject, String verb, Relation target, Set<RelationName> reads) {

    static final String READS_ITSELF = "reads-what-it-writes";
    static final String VOLATILE = "volatile-function";

    /** However it runs. */
    void require() {
        refuseForms();
        refuseFunctions();
        refuseColumnsInChange();
        refuseTriggersToCome();
    }

    /** Refused where the batches would see each other's work. */
    void refuseSelfReading() {
        if (reads.contains(target.name()) && !subject.allows(READS_ITSELF, target.name().toString())) {
            throw new RefusedStatement(READS_ITSELF,
                    verb + " of " + target.name() + " reads the table that it writes",
                    "In batches, later ones would read what earlier ones have written; in one piece, it locks every row"
                            + " that it touches until its end.",
                    "Write conditions on the row itself, or ON CONFLICT DO NOTHING instead of NOT EXISTS; or, if the"
                            + " order does not matter, allow it by an exception " + READS_ITSELF + " for "
                            + target.name() + ".");
        }
    }

    /** @param outer the select whose rows are taken one by one; sub-selects about a single row are free */
    void refuseWhole(SyntaxNode outer, String alias) {
        for (SyntaxNode select : subject.node().typedNodes().filter(node -> node.is("SelectStmt")).toList()) {
            boolean driving = select.equals(outer);
            if (whole(select) && (driving || !correlated(select, alias))) {
                throw new RefusedStatement("reads-the-whole",
                        verb + " of " + target.name() + (driving
                                ? " sorts, groups or limits"
                                : " has a sub-select that"
                                        + " sorts, groups or limits")
                                + " rows, and not those of one row of " + alias,
                        "Each batch would compute it anew, at great cost or with another result.",
                        "Write it as a sub-select about the row, with the alias before its column: (SELECT sum(i.amount)"
                                + " FROM items i WHERE i.order_id = " + alias + ".id).");
            }
        }
    }

    private void refuseForms() {
        if (subject.node().has("returningList") || subject.node().has("returningClause")) {
            throw refusal("returning", "has RETURNING", "Nobody would read the rows.", "Leave RETURNING out.");
        }
        for (SyntaxNode node : subject.node().typedNodes().toList()) {
            switch (node.type()) {
                case "ParamRef" -> throw refusal("parameter", "has a parameter", "Nobody would give it a value.",
                        "Write the value out.");
                case "CurrentOfExpr" -> throw refusal("cursor", "is about a cursor's row", "There is no cursor.",
                        "Write a condition.");
                case "UpdateStmt", "DeleteStmt", "InsertStmt", "MergeStmt" -> {
                    if (!node.equals(subject.node())) {
                        throw refusal("writing-query", "has another writing statement inside",
                                "What each of them sees of the other depends on the batch.",
                                "Write them as statements of their own.");
                    }
                }
                default -> {
                    // Reads only.
                }
            }
        }
        if (subject.text().usesForeignOperators()) {
            throw refusal("operator-outside-pg-catalog", "uses an operator symbol that an extension defines too",
                    "What it means would depend on the search path of the batch.",
                    "Write it as OPERATOR(schema.symbol).");
        }
    }

    private RefusedStatement refusal(String code, String what, String hazard, String advice) {
        return new RefusedStatement(code, verb + " of " + target.name() + " " + what, hazard, advice);
    }

    private void refuseFunctions() {
        for (SyntaxNode call : subject.node().typedNodes().filter(node -> node.is("FuncCall")).toList()) {
            RelationName name = Subject.name(call.strings("funcname"));
            for (Routine routine : subject.catalog().routinesNamed(name)) {
                if (routine.volatility() == Volatility.VOLATILE && !subject.allows(VOLATILE, name.toString())) {
                    throw refusal(VOLATILE, "calls " + routine.identity() + ", which is VOLATILE",
                            "What it writes or reads besides the row cannot be known.",
                            "Declare it STABLE or IMMUTABLE if it is; or allow it by an exception " + VOLATILE + " for "
                                    + name + ".");
                }
            }
        }
    }

    private void refuseColumnsInChange() {
        Set<RelationName> relations = new LinkedHashSet<>(reads);
        relations.add(target.name());
        List<String> mentioned = new ArrayList<>(Expressions.columns(subject.node()));
        subject.node().list("targetList").forEach(assigned -> mentioned.add(assigned.string("name")));
        subject.node().list("cols").forEach(assigned -> mentioned.add(assigned.string("name")));
        for (RelationName name : relations) {
            subject.catalog().relation(name).ifPresent(relation -> mentioned.stream()
                    .filter(column -> relation.column(column).isPresent())
                    .forEach(column -> subject.column(relation, column)));
        }
    }

    /** As written they would fire for these rows; but they come later than rows change. */
    private void refuseTriggersToCome() {
        target.triggers().stream().filter(trigger -> trigger.since().filter(since -> since.compareTo(Stage.MIGRATE) > 0)
                .isPresent()).findFirst().ifPresent(trigger -> {
                    throw new RefusedStatement("trigger-in-change",
                            "trigger " + trigger.name() + " of " + target.name()
                                    + " is created, enabled or dropped by this release before this " + verb,
                            "It changes when the old version is gone: as written it would fire for these rows, or would"
                                    + " not, and in the plan it is the other way round.",
                            "Change the rows before the trigger changes, or in a later release.");
                });
    }

    private boolean whole(SyntaxNode select) {
        return select.has("groupClause") || select.has("distinctClause") || select.has("havingClause")
                || select.has("windowClause") || select.has("limitCount") || select.has("limitOffset")
                || select.has("sortClause") || select.has("lockingClause") || select.has("intoClause")
                || select.has("valuesLists")
                || !select.string("op").isEmpty() && !select.string("op").equals("SETOP_NONE")
                || select.list("targetList").stream().flatMap(SyntaxNode::typedNodes).anyMatch(this::aggregate);
    }

    private boolean aggregate(SyntaxNode node) {
        if (!node.is("FuncCall")) {
            return false;
        }
        List<String> names = node.strings("funcname");
        return node.has("over") || node.has("agg_within_group")
                || subject.catalog().symbols().aggregates().contains(names.get(names.size() - 1))
                || subject.catalog().routinesNamed(Subject.name(names)).stream()
                        .anyMatch(routine -> routine.kind() == Routine.Kind.AGGREGATE
                                || routine.kind() == Routine.Kind.WINDOW);
    }

    private static boolean correlated(SyntaxNode select, String alias) {
        return select.typedNodes().filter(node -> node.is("ColumnRef")).map(node -> node.strings("fields"))
                .anyMatch(fields -> fields.size() > 1 && fields.get(fields.size() - 2).equals(alias));
    }
}
