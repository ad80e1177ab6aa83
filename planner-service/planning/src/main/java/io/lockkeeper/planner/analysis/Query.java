package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.catalog.Ties;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.QueryRelations;

/** What a query reads and writes. */
final class Query {

    private Query() {}

    /** A query that is only parsed, such as a view's: what it names is locked, not what lies below. */
    static void parsed(SyntaxNode query, Effects effects) {
        named(query, (name, mode) -> {
            effects.relation(name);
            effects.lock(name, mode);
        });
    }

    /** A query that runs: what is planned, and every row that it may look at. */
    static void run(SyntaxNode query, Effects effects) {
        planned(query, effects);
        named(query, (name, mode) -> {
            if (mode != LockMode.ROW_EXCLUSIVE) {
                scan(name, effects);
            }
        });
        calls(query, effects);
    }

    private static void scan(RelationName name, Effects effects) {
        for (RelationName part : effects.after().tree(name)) {
            effects.scan(effects.relation(part));
            if (effects.relation(part).kind() == Kind.VIEW) {
                Ties.below(part, effects.after()).forEach(below -> scan(below.name(), effects));
            }
        }
    }

    /** A query that is planned: the optimizer opens every index, and looks through views. */
    static void planned(SyntaxNode query, Effects effects) {
        Map<RelationName, LockMode> modes = new TreeMap<>();
        named(query, (name, mode) -> modes.merge(name, mode, (one, other) -> one.compareTo(other) > 0 ? one : other));
        modes.forEach((name, mode) -> {
            if (mode == LockMode.ROW_EXCLUSIVE) {
                write(name, effects);
            } else {
                open(name, mode, effects);
            }
        });
    }

    /** What a view reads, wholly. */
    static void read(RelationName name, Effects effects) {
        open(name, LockMode.ACCESS_SHARE, effects);
        scan(name, effects);
    }

    private static void open(RelationName name, LockMode mode, Effects effects) {
        for (RelationName part : effects.after().tree(name)) {
            Relation relation = effects.relation(part);
            effects.lock(relation, mode);
            if (relation.kind() == Kind.VIEW) {
                Ties.below(part, effects.after()).forEach(below -> open(below.name(), mode, effects));
            } else {
                Keys.planned(relation, mode, effects);
            }
        }
    }

    private static void write(RelationName name, Effects effects) {
        for (RelationName part : effects.after().tree(name)) {
            Relation relation = effects.relation(part);
            effects.lock(relation, LockMode.ROW_EXCLUSIVE);
            if (relation.kind() == Kind.VIEW) {
                // What else the view reads is only read, and no analysis tells the two apart: the stronger is said.
                Ties.below(part, effects.after()).forEach(below -> write(below.name(), effects));
            } else {
                Keys.planned(relation, LockMode.ROW_EXCLUSIVE, effects);
            }
        }
    }

    /** Functions that write, and those that nobody here can look into. */
    private static void calls(SyntaxNode query, Effects effects) {
        query.typedNodes().filter(node -> node.is("FuncCall")).forEach(call -> {
            List<String> names = call.strings("funcname");
            String function = names.get(names.size() - 1);
            Volatility builtin = effects.after().symbols().builtinFunctions().get(function);
            boolean own = !effects.after().routinesNamed(Names.of(names)).isEmpty();
            if (builtin == null || own) {
                effects.unknown("function " + String.join(".", names) + " may do anything");
            } else if (builtin == Volatility.VOLATILE) {
                sequence(function, call, effects);
            }
        });
    }

    /** Sequences that an expression counts up. */
    static void sequences(SyntaxNode expression, Effects effects) {
        expression.typedNodes().filter(node -> node.is("FuncCall"))
                .filter(call -> call.strings("funcname").contains("nextval"))
                .forEach(call -> sequence("nextval", call, effects));
    }

    private static void sequence(String function, SyntaxNode call, Effects effects) {
        List<SyntaxNode> arguments = call.list("args");
        String text = arguments.isEmpty() ? "" : arguments.get(0).get("sval").string("sval");
        switch (function) {
            case "random", "gen_random_uuid", "clock_timestamp", "uuidv7", "uuidv4", "timeofday", "currval", "lastval",
                    "statement_timestamp" -> {
                // Give a value and do nothing else.
            }
            case "nextval", "setval" -> {
                Names.inText(text).ifPresentOrElse(sequence -> {
                    effects.relation(sequence);
                    effects.lock(sequence, LockMode.ROW_EXCLUSIVE);
                    if (function.equals("setval") && effects.inUse(sequence)) {
                        effects.find(Rule.CHANGE_SEQUENCE, "sequence " + sequence + " is set");
                    }
                }, () -> effects.unknown(function + " of a sequence that is not named"));
            }
            default -> effects.unknown("function " + function + " may change something");
        }
    }

    private static void named(SyntaxNode query, BiConsumer<RelationName, LockMode> use) {
        QueryRelations.each(query, (rangeVar, mode) -> use.accept(Names.of(rangeVar), mode));
    }

    /**
     * What foreign keys look up for rows that come, change or go.
     *
     * @param set is the column given a value?
     */
    static void foreignKeys(RelationName table, Predicate<String> set, boolean goes, Effects effects) {
        Relation relation = effects.relation(table);
        relation.constraints().stream().filter(key -> key.columns().stream().anyMatch(set))
                .flatMap(key -> key.references().stream())
                .flatMap(name -> effects.after().tree(name).stream()).map(effects::relation)
                .forEach(referenced -> touched(referenced, LockMode.ROW_SHARE, effects));
        if (goes) {
            effects.after().foreignKeysTo(table).toList()
                    .forEach(key -> touched(effects.relation(key.table()), mode(key), effects));
        }
    }

    private static LockMode mode(Catalog.ForeignKey key) {
        boolean writes = key.constraint().definition().contains("ON DELETE CASCADE")
                || key.constraint().definition().contains("ON DELETE SET") || key.constraint().definition().isEmpty();
        return writes ? LockMode.ROW_EXCLUSIVE : LockMode.ROW_SHARE;
    }

    private static void touched(Relation table, LockMode mode, Effects effects) {
        effects.lock(table, mode);
        Keys.planned(table, mode, effects);
    }
}
