package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.grammar.ParsedRoutines;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.routine.RoutineChange.Difference;
import io.lockkeeper.planner.routine.RoutineChange.Kind;

/**
 * What a PL/pgSQL body answers its callers besides its result: conditions as it writes them, by name or SQLSTATE. What
 * statements within it raise by themselves cannot be read from it.
 *
 * @param raises  what RAISE EXCEPTION raises
 * @param catches what exception blocks keep from the caller
 */
record BodyContract(Set<String> raises, Set<String> catches, boolean returnsNull) {

    private static final int EXCEPTION = 21;
    private static final int ERRCODE = 0;
    private static final String UNNAMED = "P0001";

    /** Absent where the routine is in another language. */
    static Optional<BodyContract> of(Declaration declaration, String definition, PostgresGrammar grammar) {
        if (!declaration.language().equals("plpgsql")
                || !(new PlpgsqlText(grammar).read(definition, declaration.body())
                        .result() instanceof ParsedRoutines parsed)) {
            return Optional.empty();
        }
        List<SyntaxNode> nodes = parsed.routines().stream().flatMap(SyntaxNode::typedNodes).toList();
        return Optional.of(new BodyContract(
                nodes.stream().filter(node -> node.is("PLpgSQL_stmt_raise") && node.integer("elog_level") == EXCEPTION)
                        .flatMap(BodyContract::raised).collect(Collectors.toCollection(TreeSet::new)),
                nodes.stream().filter(node -> node.is("PLpgSQL_condition")).map(node -> node.string("condname"))
                        .collect(Collectors.toCollection(TreeSet::new)),
                nodes.stream().anyMatch(node -> node.is("PLpgSQL_stmt_return")
                        && node.get("expr").string("query").strip().equalsIgnoreCase("NULL"))));
    }

    /** Nothing for a bare RAISE, which only passes on what was caught. */
    private static Stream<String> raised(SyntaxNode raise) {
        List<String> codes = raise.list("options").stream().filter(option -> option.integer("opt_type") == ERRCODE)
                .map(option -> option.get("expr").string("query").strip().replaceAll("^'|'$", "")).toList();
        if (!codes.isEmpty()) {
            return codes.stream();
        }
        if (raise.has("condname")) {
            return Stream.of(raise.string("condname"));
        }
        return raise.has("message") || raise.has("options") ? Stream.of(UNNAMED) : Stream.empty();
    }

    /** What callers meet otherwise under the next body. */
    List<Difference> before(BodyContract next) {
        List<Difference> differences = new ArrayList<>();
        add(differences, "it raises ", less(next.raises, raises));
        add(differences, "it no longer raises ", less(raises, next.raises));
        add(differences, "it catches ", less(next.catches, catches));
        add(differences, "it no longer catches ", less(catches, next.catches));
        if (returnsNull != next.returnsNull) {
            differences.add(new Difference(Kind.CONTRACT,
                    next.returnsNull ? "it returns NULL somewhere" : "it returns NULL nowhere any more"));
        }
        return differences;
    }

    private static void add(List<Difference> differences, String words, Set<String> conditions) {
        if (!conditions.isEmpty()) {
            differences.add(new Difference(Kind.CONTRACT, words + String.join(", ", conditions)));
        }
    }

    private static Set<String> less(Set<String> from, Set<String> known) {
        return from.stream().filter(condition -> !known.contains(condition))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
