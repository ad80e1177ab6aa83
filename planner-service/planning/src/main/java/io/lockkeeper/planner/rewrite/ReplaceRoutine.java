package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.routine.Arity;
import io.lockkeeper.planner.routine.BodyLocks;
import io.lockkeeper.planner.routine.BodyReader;
import io.lockkeeper.planner.routine.Declaration;
import io.lockkeeper.planner.routine.RoutineChange;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/**
 * CREATE [OR REPLACE] FUNCTION or PROCEDURE: at most ROW EXCLUSIVE on what a body in SQL writes, and running calls finish
 * with the old body. What callers and the optimizer are promised must stay.
 */
final class ReplaceRoutine implements Rewrite {

    private static final String OVERLOAD = "routine-overload";
    private static final String RESETS = "routine-resets";
    private static final String SECURITY = "routine-security";
    private static final String OPEN_PATH = "routine-search-path";
    /** Names in a body are looked up when it is checked and when it is called: as the team's own sessions do. */
    private static final String UNDER_SEARCH_PATH = "SET LOCAL search_path TO " + quote(Catalog.DEFAULT_SCHEMA)
            + ";\n";

    @Override
    public Set<String> takes() {
        return Set.of("CreateFunctionStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Declaration next = Declaration.of(subject.node(), subject.catalog());
        String definition = definition(subject);
        Routine routine = next.routine().defined(definition);
        CreateTable.requireSchema(subject.catalog(), routine.name());
        Optional<Routine> superseded = Supersedes.routine(subject, routine);
        Sequence sequence = subject.catalog().routine(routine.name(), routine.argumentTypes())
                .map(old -> replace(subject, old, next, routine.inPlaceOf(old)))
                .orElseGet(() -> create(subject, next, routine, superseded));
        Sequence whole = superseded.map(old -> {
            if (!Supersedes.wrapped(subject)) {
                return sequence.then(RoutineRetirement.of(subject.with(sequence.after()), old))
                        .withNote(Supersedes.skeleton(subject, old, next));
            }
            Routine wrapper = Supersedes.wrapper(subject, old, next);
            Sequence both = sequence.then(wrap(subject.with(sequence.after()), old, wrapper, routine));
            return both.then(RoutineRetirement.of(subject.with(both.after()), wrapper));
        }).orElse(sequence);
        return CommitBoundary.note(subject, routine).map(whole::withNote).orElse(whole);
    }

    /** Once the new one is there, the old one only calls it. */
    private static Sequence wrap(Subject subject, Routine old, Routine wrapper, Routine next) {
        Draft draft = Draft.of(stage(subject, next), "wrap-" + old.name().name(), "Let " + kind(old) + " "
                + old.identity() + " call " + next.identity() + ", and do nothing else",
                new Action.ReplaceRoutine(old.name(), old.argumentTypes(), underSearchPath(wrapper)))
                .undone(true, "", new Action.ReplaceRoutine(old.name(), old.argumentTypes(), again(old)));
        return Sequence.of(subject.catalog().with(wrapper), draft).withTolerance(Tolerance.Side.OLD_VERSION,
                "calls " + next.identity() + " by " + old.identity());
    }

    private static Sequence create(Subject subject, Declaration next, Routine routine, Optional<Routine> superseded) {
        if (subject.catalog().isLeaving(routine)) {
            throw new RefusedStatement("name-in-use",
                    "routine " + routine.identity() + " is taken away by this very release",
                    "The old version calls it until the contract phase.",
                    "Leave DROP out: CREATE OR REPLACE alone lets the new one take its place in one transaction.");
        }
        refuseOverload(subject, next, routine);
        refuseOpenSearchPath(subject, next, routine);
        String sql = underSearchPath(routine) + superseded.flatMap(Routine::standing)
                .map(old -> ";\n" + String.join(";\n", RoutineRights.statements(routine.quoted(), old.rights())))
                .orElse("");
        Sequence sequence = Sequence.of(subject.catalog().with(routine), draft(subject, routine, "Create ", sql)
                .undoneBy("DROP " + kind(routine).toUpperCase(Locale.ROOT) + " " + routine.quoted()));
        return next.securityDefiner() && superseded.isEmpty()
                ? sequence
                        .withNote("routine " + routine.identity() + " runs with the rights of its owner, and PUBLIC may"
                                + " call it: REVOKE EXECUTE in this release, and GRANT it to whoever needs it")
                : sequence;
    }

    private static Sequence replace(Subject subject, Routine old, Declaration next, Routine routine) {
        if (subject.catalog().isLeaving(old) && old.standing().isEmpty()) {
            throw new RefusedStatement("routine-in-change",
                    "another routine takes the place of " + old.identity() + " in this release already", "",
                    "Write the final one alone.");
        }
        RoutineChange change = replaceable(subject, old, next, routine);
        if (change.kind() == RoutineChange.Kind.IMPOSSIBLE) {
            return RoutineSwap.of(subject, old, routine, underSearchPath(routine), change, locks(subject));
        }
        Draft draft = draft(subject, routine, "Replace ", underSearchPath(routine));
        Sequence sequence = Sequence.of(subject.catalog().with(routine),
                draft.undone(true, "", new Action.ReplaceRoutine(routine.name(),
                        routine.argumentTypes(), again(old))))
                .withTolerance(Tolerance.Side.OLD_VERSION, "calls the new body of " + routine.identity());
        if (change.kind().compareTo(RoutineChange.Kind.BEHAVIOUR) < 0) {
            return sequence;
        }
        String callers = change.touchesRights()
                ? "; may call it, before and after: "
                        + old.standing().map(RoutineRights::callers).orElse("who this release lets")
                : "";
        return sequence
                .withNote("for whoever calls routine " + routine.identity() + ", " + change.words() + callers);
    }

    private static Draft draft(Subject subject, Routine routine, String verb, String sql) {
        return Draft.of(stage(subject, routine), "replace-" + routine.name().name(),
                verb + kind(routine) + " " + routine.identity(),
                new Action.ReplaceRoutine(routine.name(), routine.argumentTypes(), sql + SmokeCall.of(subject)
                        .map(call -> ";\n" + call).orElse("")))
                .withLocks(locks(subject));
    }

    /** Up to ROW SHARE they are in nobody's way; what the release itself makes nobody else can hold. */
    private static List<Step.LockClaim> locks(Subject subject) {
        return BodyLocks.checked(subject.grammar()).of(subject.node(), subject.catalog()).entrySet().stream()
                .filter(lock -> lock.getValue().compareTo(LockMode.ROW_SHARE) > 0)
                .filter(lock -> subject.catalog().relation(lock.getKey()).filter(Relation::created).isEmpty())
                .map(lock -> Draft.lock(lock.getKey(), lock.getValue())).toList();
    }

    private static String kind(Routine routine) {
        return routine.kind() == Routine.Kind.PROCEDURE ? "procedure" : "function";
    }

    private static String underSearchPath(Routine routine) {
        return UNDER_SEARCH_PATH + routine.definition().orElseThrow().strip();
    }

    /** Its body was good, and its names may be found only under another search path. */
    private static String again(Routine old) {
        return "SET LOCAL check_function_bodies TO off;\n" + underSearchPath(old);
    }

    /** A body that reads a column which a backfill still fills must not be called before it is filled. */
    static Stage stage(Subject subject, Routine routine) {
        BodyReader reader = RoutineMentions.reader(subject);
        boolean unfilled = subject.catalog().relations().values().stream()
                .anyMatch(relation -> relation.columns().stream()
                        .filter(column -> column.filled().equals(Optional.of(Stage.MIGRATE)))
                        .anyMatch(column -> reader.ofColumn(routine, relation.name(), column.name()).isPresent()));
        return unfilled ? Stage.MIGRATE : Stage.EXPAND;
    }

    private static String definition(Subject subject) {
        Tokens tokens = subject.text().tokens();
        int keyword = 0;
        while (!tokens.list().get(keyword).word("FUNCTION") && !tokens.list().get(keyword).word("PROCEDURE")) {
            keyword++;
        }
        subject.text().qualifyNameAt(keyword + 1);
        return "CREATE OR REPLACE "
                + subject.text().slice(tokens.list().get(keyword).start(), subject.statement().text().length());
    }

    private static RoutineChange replaceable(Subject subject, Routine old, Declaration next, Routine routine) {
        String identity = "routine " + old.identity();
        if (!subject.node().flag("replace")) {
            throw new RefusedStatement("already-exists", identity + " exists already", "", "Say CREATE OR REPLACE.");
        }
        if (old.extensionMember()) {
            throw new RefusedStatement("extension-member", identity + " belongs to an extension",
                    "The extension would no longer match its script.", "Write one of your own beside it.");
        }
        RoutineChange change = RoutineChange.of(old, next, routine.definition().orElseThrow(), subject.grammar(),
                subject.catalog());
        if (!change.resets().isEmpty() && !subject.allows(RESETS, old.identity())) {
            String clauses = String.join(" ", change.resets());
            throw new RefusedStatement(RESETS, identity + " has " + clauses + ", which the statement does not state",
                    "CREATE OR REPLACE sets back what is not stated, without a word.",
                    "Add " + clauses + " to the statement, or state what it is to become; or allow it by an exception "
                            + RESETS + " for " + old.identity() + ".");
        }
        if (change.touchesRights() && !subject.allows(SECURITY, old.identity())) {
            throw new RefusedStatement(SECURITY, identity + " would run with other rights: " + change.words(),
                    "Whoever may call it may do something else from then on.",
                    "Put it into a release of its own, and let whoever is responsible agree by name: an exception "
                            + SECURITY + " for " + old.identity() + ".");
        }
        if (change.touchesRights()) {
            refuseOpenSearchPath(subject, next, old);
        }
        boolean computes = change.kind().compareTo(RoutineChange.Kind.METADATA) > 0;
        if (computes) {
            StoredResults.refuse(subject, old);
        }
        return change;
    }

    private static void refuseOverload(Subject subject, Declaration next, Routine routine) {
        Arity arity = Arity.of(next);
        Optional<Routine> other = subject.catalog().routinesNamed(routine.name()).stream()
                .filter(beside -> RoutineRetirement.arity(subject, beside).meets(arity)).findFirst();
        if (other.isPresent() && !subject.allows(OVERLOAD, routine.name().toString())) {
            throw new RefusedStatement(OVERLOAD,
                    routine.identity() + " would stand beside " + other.get().identity() + ", not replace it",
                    "Calls with untyped literals can become ambiguous and fail.",
                    "Use a new name; or allow it by an exception " + OVERLOAD + " for " + routine.name() + ".");
        }
    }

    /** pg_temp is searched first for tables unless it is named: last is where it does no harm. */
    private static void refuseOpenSearchPath(Subject subject, Declaration next, Routine routine) {
        String path = next.settings().getOrDefault("search_path", "");
        boolean fixed = path.equals("\"\"") || path.endsWith("\"pg_temp\"");
        if (next.securityDefiner() && !fixed && !subject.allows(OPEN_PATH, routine.identity())) {
            throw new RefusedStatement(OPEN_PATH,
                    "routine " + routine.identity() + " is SECURITY DEFINER without a search_path that ends in pg_temp",
                    "Whoever may call it can put a table or function of their own in front of those that it means.",
                    "Add SET search_path = <its schemas>, pg_temp; or allow it by an exception " + OPEN_PATH + " for "
                            + routine.identity() + ".");
        }
    }
}
