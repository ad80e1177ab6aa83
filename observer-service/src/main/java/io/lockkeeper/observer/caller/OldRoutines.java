package io.lockkeeper.observer.caller;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Watch.RetiredRoutine;

/**
 * Does a tree call a routine that is to be taken away? By name; a call with more arguments than it takes means another
 * routine of that name, unless its last argument could be VARIADIC.
 */
record OldRoutines(List<RetiredRoutine> retired) {

    private static final Set<String> DEFINITIONS = Set.of("CreateFunctionStmt", "CreateTrigStmt",
            "CreateEventTrigStmt");

    OldRoutines {
        retired = List.copyOf(retired);
    }

    boolean calledBy(List<SyntaxNode> trees) {
        return !retired.isEmpty() && trees.stream().flatMap(SyntaxNode::nodes)
                .filter(node -> node.has("funcname") && !DEFINITIONS.contains(node.type()))
                .anyMatch(call -> retired.stream().anyMatch(routine -> means(call, routine)));
    }

    boolean wordOf(String text) {
        return retired.stream().anyMatch(routine -> OldShape.word(text, routine.routine().name()));
    }

    private static boolean means(SyntaxNode call, RetiredRoutine routine) {
        List<String> name = call.strings("funcname");
        int last = name.size() - 1;
        return name.get(last).equals(routine.routine().name())
                && (last == 0 || name.get(last - 1).equals(routine.routine().schema()))
                && (call.list("args").size() <= routine.argumentTypes().size() || variadic(routine));
    }

    private static boolean variadic(RetiredRoutine routine) {
        List<String> types = routine.argumentTypes();
        return !types.isEmpty() && (types.get(types.size() - 1).endsWith("[]")
                || types.get(types.size() - 1).equals("\"any\""));
    }
}
