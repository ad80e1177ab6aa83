package io.lockkeeper.observer.cel;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import com.google.protobuf.NullValue;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelAttribute;
import dev.cel.runtime.CelAttributePattern;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelUnknownSet;
import dev.cel.runtime.UnknownContext;

import io.lockkeeper.observer.invariant.RuleLanguage;

/**
 * Row rules in the Common Expression Language, without its macros: no loops, no effects, and values that are not known stay
 * unknown instead of becoming null. Nothing of an error but its code is told: its text may carry the row's values.
 */
public final class CelRules implements RuleLanguage {

    private static final MapType ROW = MapType.create(SimpleType.STRING, SimpleType.DYN);

    private final Cel cel = CelFactory.standardCelBuilder()
            .setOptions(CelOptions.current().enableUnknownTracking(true).build()).addVar("before", ROW)
            .addVar("after", ROW).addVar("op", SimpleType.STRING).setResultType(SimpleType.BOOL).build();

    @Override
    public Rule compile(String text) {
        try {
            CelAbstractSyntaxTree tree = cel.compile(text).getAst();
            Set<String> names = CelNavigableAst.fromAst(tree).getRoot().allNodes()
                    .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.IDENT)
                    .map(node -> node.expr().ident().name()).collect(Collectors.toSet());
            return new Compiled(cel.createProgram(tree), names);
        } catch (CelValidationException | CelEvaluationException e) {
            throw new Rejected(e.getMessage());
        }
    }

    private record Compiled(CelRuntime.Program program, Set<String> names) implements Rule {

        @Override
        public boolean knowsMoreThanAfter() {
            return names.contains("before") || names.contains("op");
        }

        @Override
        public Outcome of(RowChange change) {
            Set<CelAttributePattern> unseen = new HashSet<>();
            Map<String, Object> variables = new HashMap<>();
            variables.put("op", change.operation());
            variables.put("before", bind("before", change.before(), unseen));
            variables.put("after", bind("after", change.after(), unseen));
            try {
                Object result = program.advanceEvaluation(
                        UnknownContext.create(name -> Optional.ofNullable(variables.get(name)), unseen));
                if (result instanceof CelUnknownSet unknown) {
                    return new Unknown("the stream did not bring " + unknown.attributes().stream()
                            .map(CelAttribute::toString).sorted().collect(Collectors.joining(", ")));
                }
                return Boolean.TRUE.equals(result) ? new Holds() : new Violated();
            } catch (CelEvaluationException e) {
                return new Unknown("the rule could not be evaluated on a row: " + e.getErrorCode());
            }
        }

        private static Object bind(String name, Image image, Set<CelAttributePattern> unseen) {
            if (image instanceof Seen seen) {
                Map<String, Object> row = new HashMap<>();
                seen.values().forEach((column, value) -> row.put(column, value == null
                        ? NullValue.NULL_VALUE
                        : value));
                for (String column : seen.unseen()) {
                    unseen.add(CelAttributePattern.create(name)
                            .qualify(CelAttribute.Qualifier.ofString(column)));
                }
                return row;
            }
            if (image instanceof Unseen) {
                unseen.add(CelAttributePattern.create(name));
            }
            return NullValue.NULL_VALUE;
        }
    }
}
