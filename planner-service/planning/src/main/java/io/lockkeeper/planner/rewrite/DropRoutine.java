package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.TypeNames;

/** DROP FUNCTION, PROCEDURE, AGGREGATE and ROUTINE: see {@link RoutineRetirement}. */
final class DropRoutine implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("DropStmt OBJECT_FUNCTION", "DropStmt OBJECT_PROCEDURE", "DropStmt OBJECT_AGGREGATE",
                "DropStmt OBJECT_ROUTINE");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        subject.refuseCascade(node);
        Sequence sequence = Sequence.of(subject.catalog());
        for (SyntaxNode object : node.list("objects")) {
            sequence = sequence.then(drop(subject.with(sequence.after()), object));
        }
        return sequence;
    }

    private static Sequence drop(Subject subject, SyntaxNode object) {
        Optional<Routine> found = find(subject, object);
        if (found.isEmpty()) {
            if (subject.node().flag("missing_ok")) {
                return Sequence.nothing(subject.catalog(), "routine " + written(object) + " is not there");
            }
            throw missing(object);
        }
        Routine routine = found.get();
        if (subject.catalog().isLeaving(routine) && routine.standing().isPresent()) {
            return Sequence.nothing(subject.catalog(),
                    "routine " + routine.identity() + " is taken away by an earlier statement already");
        }
        requireKind(routine, subject.node().string("removeType"));
        Sequence sequence = RoutineRetirement.of(subject, routine);
        return sequence.withAfter(sequence.after().without(routine));
    }

    /** @param object an ObjectWithArgs: by name alone where there is one of that name */
    static Optional<Routine> find(Subject subject, SyntaxNode object) {
        RelationName name = Subject.name(object.strings("objname"));
        List<Routine> named = subject.catalog().routinesNamed(name);
        if (object.flag("args_unspecified")) {
            if (named.size() > 1) {
                throw new RefusedStatement("ambiguous-routine",
                        "there are " + named.size() + " routines " + name, "",
                        "Write its input types behind the name: " + named.get(0).identity() + ".");
            }
            return named.stream().findFirst();
        }
        return subject.catalog().routine(name, object.list("objargs").stream()
                .map(type -> TypeNames.argumentType(type, subject.catalog())).toList());
    }

    static RefusedStatement missing(SyntaxNode object) {
        return new RefusedStatement("no-such-routine", "routine " + written(object) + " does not exist", "",
                "Check its schema, its name and its input types.");
    }

    private static String written(SyntaxNode object) {
        return Subject.name(object.strings("objname")).toString();
    }

    private static void requireKind(Routine routine, String type) {
        boolean fits = switch (type) {
            case "OBJECT_FUNCTION" -> routine.kind() == Routine.Kind.FUNCTION || routine.kind() == Routine.Kind.WINDOW;
            case "OBJECT_PROCEDURE" -> routine.kind() == Routine.Kind.PROCEDURE;
            case "OBJECT_AGGREGATE" -> routine.kind() == Routine.Kind.AGGREGATE;
            default -> true;
        };
        if (!fits) {
            String kind = routine.kind() == Routine.Kind.WINDOW ? "FUNCTION" : routine.kind().name();
            throw new RefusedStatement("no-such-routine", "routine " + routine.identity() + " is of another kind",
                    "PostgreSQL would refuse.", "Write DROP " + kind + ".");
        }
    }
}
