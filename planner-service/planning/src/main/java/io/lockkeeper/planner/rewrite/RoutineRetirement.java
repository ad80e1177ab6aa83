package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.routine.Arity;
import io.lockkeeper.planner.routine.BodyReader;
import io.lockkeeper.planner.routine.Declaration;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/**
 * A routine goes in two locks, of which neither is on a table. Its name is taken away: who still calls it fails with 42883,
 * the owner and superusers too, which the server's log tells; owner, grants, settings and comment stay on it untouched, so that
 * one rename gives everything back. A REVOKE would stop neither owner nor superuser, and would not leave the grants as they
 * were. After the revert window the routine is dropped; as it holds no rows, even that can be taken back without loss.
 */
final class RoutineRetirement {

    /** Only a superuser could make them again. */
    private static final Set<String> NATIVE = Set.of("c", "internal");

    private RoutineRetirement() {}

    static Sequence of(Subject subject, Routine routine) {
        requireOwn(routine);
        if (subject.catalog().isLeaving(routine)) {
            return Sequence.nothing(subject.catalog(),
                    "routine " + routine.identity() + " is taken away by an earlier statement already");
        }
        requireUnneeded(routine, "PostgreSQL would refuse, or CASCADE would drop them.", "Drop them first.");
        RelationName away = away(subject, routine);
        Sequence sequence = Sequence.of(
                subject.catalog().leaving(routine).withoutDependent(described(routine)),
                Draft.ddl(Stage.QUARANTINE, "quarantine-" + routine.name().name(), "Take the name of routine "
                        + routine.identity() + " away, reversibly", List.of(rename(routine, routine.name(), away)))
                        .keeping(routine.named(routine.name()), routine.named(away))
                        .undoneBy(rename(routine, away, routine.name()))
                        .validatedBy(Probe.routineAbsent(routine.quoted())),
                drop(subject, routine, away))
                .withTolerance(Tolerance.Side.OLD_VERSION, "calls routine " + routine.identity() + " as before");
        return note(subject, sequence, routine);
    }

    static RelationName away(Subject subject, Routine routine) {
        return RelationName.of(routine.name().schema(), GeneratedName.of(routine.name().name(),
                subject.release().name(), routine.name(), "quarantine"));
    }

    static String rename(Routine routine, RelationName from, RelationName to) {
        return "ALTER ROUTINE " + routine.quotedAs(from) + " RENAME TO " + quote(to.name());
    }

    /** @param away the name that it has by then */
    static Draft drop(Subject subject, Routine routine, RelationName away) {
        String there = routine.quotedAs(away);
        Draft draft = Draft.ddl(Stage.DROP, "drop-routine-" + routine.name().name(), "Drop routine "
                + routine.identity() + ", by then " + away.name(), List.of("DROP ROUTINE " + there + " RESTRICT"))
                .keeping(routine.named(away)).validatedBy(Probe.routineAbsent(there));
        return definition(subject, routine).map(definition -> {
            List<String> undo = new ArrayList<>();
            // Its body was good, and its names may be found only under another search path.
            undo.add("SET LOCAL check_function_bodies TO off");
            undo.add(renamed(definition, away));
            undo.addAll(RoutineRights.statements(there, routine.standing().orElseThrow()));
            return draft.undoneBy(undo.toArray(String[]::new));
        }).orElse(draft);
    }

    /** Absent where PostgreSQL prints none, or only a superuser could run it. */
    private static Optional<String> definition(Subject subject, Routine routine) {
        return Declaration.of(routine, subject.grammar(), subject.catalog())
                .filter(declaration -> !NATIVE.contains(declaration.language()))
                .flatMap(declaration -> routine.definition());
    }

    private static String renamed(String definition, RelationName name) {
        Tokens tokens = Tokens.of(definition);
        int keyword = 0;
        while (!tokens.list().get(keyword).word("FUNCTION") && !tokens.list().get(keyword).word("PROCEDURE")) {
            keyword++;
        }
        return definition.substring(0, tokens.list().get(keyword + 1).start()) + name.quoted()
                + definition.substring(tokens.list().get(tokens.afterName(keyword + 1)).start()).strip();
    }

    static void requireOwn(Routine routine) {
        if (routine.extensionMember()) {
            throw new RefusedStatement("extension-member", "routine " + routine.identity() + " belongs to an extension",
                    "The extension would no longer match its script.", "Write one of your own beside it.");
        }
        if (routine.standing().isEmpty()) {
            throw new RefusedStatement("routine-in-change",
                    "routine " + routine.identity() + " is created by this very release", "",
                    "Leave out what creates it and what takes it away.");
        }
    }

    static void requireUnneeded(Routine routine, String hazard, String advice) {
        List<String> dependents = routine.standing().map(Routine.Standing::dependents).orElse(List.of());
        if (!dependents.isEmpty()) {
            throw new RefusedStatement("routine-has-dependents",
                    "routine " + routine.identity() + " is needed by " + String.join(", ", dependents), hazard, advice);
        }
    }

    /** Bodies are text: PostgreSQL does not know whom they call. The gate looks for them too. */
    private static Sequence note(Subject subject, Sequence sequence, Routine routine) {
        Sequence noted = sequence;
        Arity arity = arity(subject, routine);
        BodyReader reader = RoutineMentions.reader(subject);
        for (Routine other : subject.catalog().routines()) {
            if (other.identity().equals(routine.identity()) || subject.catalog().isLeaving(other)) {
                continue;
            }
            noted = reader.ofRoutine(other, routine.name(), arity)
                    .map(mention -> RoutineMentions.words(mention, routine.name().name(), routine.identity(),
                            RoutineMentions.BEFORE))
                    .map(noted::withNote).orElse(noted);
            if (other.name().equals(routine.name()) && arity(subject, other).meets(arity)) {
                noted = noted.withNote("once routine " + routine.identity() + " is gone, its calls may reach "
                        + other.identity() + " instead of failing");
            }
        }
        return noted;
    }

    static Arity arity(Subject subject, Routine routine) {
        int arguments = routine.argumentTypes().size();
        return Declaration.of(routine, subject.grammar(), subject.catalog()).map(Arity::of)
                .orElse(new Arity(arguments, arguments));
    }

    /** As {@code pg_describe_object} calls what an SQL-standard body or an aggregate depends from. */
    static String described(Routine routine) {
        return "function " + routine.name() + "(" + String.join(",", routine.argumentTypes()) + ")";
    }
}
