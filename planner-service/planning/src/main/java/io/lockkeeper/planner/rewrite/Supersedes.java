package io.lockkeeper.planner.rewrite;

import java.util.Optional;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.routine.Declaration;
import io.lockkeeper.planner.routine.Parameter;
import io.lockkeeper.planner.routine.Wrapper;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * {@code -- lockkeeper: supersedes app.close_case(bigint)} before CREATE FUNCTION or PROCEDURE: the new routine stands beside
 * the old one, with its owner and grants, until nobody calls the old one any more and it is taken away.
 */
final class Supersedes {

    private static final String WITH_WRAPPER = " with wrapper";

    private Supersedes() {}

    /** The routine that the statement's comment names. */
    static Optional<Routine> routine(Subject subject, Routine next) {
        return annotation(subject).map(text -> named(subject, wrapped(subject)
                ? text.substring(0, text.length() - WITH_WRAPPER.length())
                : text)).map(old -> {
                    if (old.identity().equals(next.identity())) {
                        throw new RefusedStatement("unknown-annotation",
                                "routine " + old.identity() + " cannot supersede itself", "",
                                "Leave the comment out: CREATE OR REPLACE says it.");
                    }
                    return old;
                });
    }

    private static Optional<String> annotation(Subject subject) {
        return RoutineAnnotation.SUPERSEDES.in(subject.statement());
    }

    /** Asked for, because callers of the old one then meet what the new one does. */
    static boolean wrapped(Subject subject) {
        return annotation(subject).filter(text -> text.endsWith(WITH_WRAPPER)).isPresent();
    }

    /** The old one, made a call of the new one. */
    static Routine wrapper(Subject subject, Routine old, Declaration next) {
        Wrapper wrapper = Declaration.of(old, subject.grammar(), subject.catalog())
                .map(before -> Wrapper.of(before, next, subject.catalog()))
                .orElse(new Wrapper(Optional.empty(), "the old one is an aggregate"));
        if (wrapper.body().isEmpty()) {
            throw new RefusedStatement("routine-wrapper", "routine " + old.identity() + " cannot simply call "
                    + next.name() + ": " + wrapper.why(), "Its callers would meet errors that they do not know.",
                    "Leave `with wrapper` out; " + skeleton(subject, old, next) + ".");
        }
        String definition = wrapper.definition(old.definition().orElseThrow());
        Parsed parsed = (Parsed) subject.grammar().parse(definition);
        return Declaration.of(parsed.statements().get(0).tree(), subject.catalog()).routine().defined(definition)
                .inPlaceOf(old);
    }

    private static Routine named(Subject subject, String name) {
        if (subject.grammar().parse("DROP ROUTINE " + name) instanceof Parsed parsed
                && parsed.statements().size() == 1
                && parsed.statements().get(0).tree().list("objects").size() == 1) {
            SyntaxNode object = parsed.statements().get(0).tree().list("objects").get(0);
            return DropRoutine.find(subject, object).orElseThrow(() -> DropRoutine.missing(object));
        }
        throw new RefusedStatement("unknown-annotation", "`" + name + "` is no routine's name", "",
                RoutineAnnotation.SUPERSEDES.advice());
    }

    /** What the old one could do, so that there is one implementation: a sentence for people. */
    static String skeleton(Subject subject, Routine old, Declaration next) {
        StringBuilder call = new StringBuilder(next.name() + "(");
        Declaration before = Declaration.of(old, subject.grammar(), subject.catalog()).orElse(next);
        for (int i = 0; i < next.inputs().size(); i++) {
            Parameter input = next.inputs().get(i);
            boolean had = i < before.inputs().size() && before.inputs().get(i).type().equals(input.type());
            if (!had && input.defaultValue().isPresent()) {
                break;
            }
            String name = had ? before.inputs().get(i).name() : "";
            call.append(i == 0 ? "" : ", ")
                    .append(had
                            ? name.isEmpty() ? "$" + (i + 1) : name
                            : "<" + input.type() + " " + input.name() + ">");
        }
        boolean same = before.result().equals(next.result()) && before.returnsSet() == next.returnsSet();
        return "routine " + old.identity() + " stays as it is until the contract phase; to have one implementation, let"
                + " CREATE OR REPLACE in this release make it a wrapper of " + call + ")"
                + (same ? "" : " that makes " + before.result().orElse("nothing") + " of its result");
    }
}
