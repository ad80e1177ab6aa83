package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Names;

/** Functions and procedures: no table is locked, but a new body counts for every caller at once. */
final class Routines implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("CreateFunctionStmt", "AlterFunctionStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        effects.deploy(DeploymentClass.EXPAND);
        if (node.is("AlterFunctionStmt")) {
            effects.find(Rule.CHANGE_ROUTINE, "a routine behaves differently for every caller at once");
            return;
        }
        RelationName name = Names.of(node.strings("funcname"));
        boolean replaces = node.flag("replace")
                && (effects.before().offline() || !effects.before().routinesNamed(name).isEmpty());
        if (replaces) {
            effects.find(Rule.CHANGE_ROUTINE, "the body of " + name + " counts for every caller at once");
        }
        if (node.has("sql_body")) {
            Query.parsed(node.get("sql_body"), effects);
        }
        effects.fold(effects.after().with(routine(node, name, effects)));
    }

    private static Routine routine(SyntaxNode node, RelationName name, Effects effects) {
        List<SyntaxNode> inputs = node.list("parameters").stream()
                .filter(p -> !Set.of("FUNC_PARAM_OUT", "FUNC_PARAM_TABLE").contains(p.string("mode"))).toList();
        Volatility volatility = node.list("options").stream()
                .filter(option -> option.string("defname").equals("volatility"))
                .map(option -> Volatility.valueOf(option.get("arg").string("sval").toUpperCase(Locale.ROOT)))
                .findFirst().orElse(Volatility.VOLATILE);
        return new Routine(name, node.flag("is_procedure") ? Routine.Kind.PROCEDURE : Routine.Kind.FUNCTION,
                inputs.stream().map(p -> Written.type(p.get("argType"), effects.after()).sql()).toList(),
                inputs.stream().map(p -> p.string("name")).toList(),
                (int) inputs.stream().filter(p -> p.has("defexpr")).count(), List.of(), Optional.empty(),
                node.get("returnType").flag("setof"), volatility, "", Optional.empty(), false, false);
    }
}
