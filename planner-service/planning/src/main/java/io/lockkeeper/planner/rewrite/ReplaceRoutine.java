package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.routine.Declaration;
import io.lockkeeper.planner.routine.RoutineChange;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/**
 * CREATE [OR REPLACE] FUNCTION or PROCEDURE: no table is locked, running calls finish with the old body. What callers
 * and the optimizer are promised must stay.
 */
final class ReplaceRoutine implements Rewrite {

    private static final String OVERLOAD = "routine-overload";
    private static final String RESETS = "routine-resets";
    private static final String SECURITY = "routine-security";
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
        Optional<Routine> existing = subject.catalog().routine(routine.name(), routine.argumentTypes());
        String kind = routine.kind() == Routine.Kind.PROCEDURE ? "procedure " : "function ";
        Draft draft = Draft.of(stage(subject.catalog(), routine), "replace-" + routine.name().name(),
                (existing.isPresent() ? "Replace " : "Create ") + kind + routine.identity(),
                new Action.ReplaceRoutine(routine.name(), routine.argumentTypes(), UNDER_SEARCH_PATH + definition));
        Catalog after = subject.catalog().with(routine);
        if (existing.isEmpty()) {
            refuseOverload(subject, routine);
            return Sequence.of(after, draft.undoneBy("DROP " + kind.strip().toUpperCase(Locale.ROOT) + " "
                    + routine.name().quoted() + "(" + String.join(", ", routine.argumentTypes()) + ")"));
        }
        Routine old = existing.get();
        RoutineChange change = replaceable(subject, old, next);
        Sequence sequence = Sequence.of(after, draft.undone(true, "", new Action.ReplaceRoutine(routine.name(),
                routine.argumentTypes(), UNDER_SEARCH_PATH + old.definition().orElseThrow().strip())))
                .withTolerance(Tolerance.Side.OLD_VERSION, "calls the new body of " + routine.identity());
        return change.kind().compareTo(RoutineChange.Kind.BEHAVIOUR) < 0
                ? sequence
                : sequence.withNote("for whoever calls routine " + routine.identity() + ", "
                        + change.words());
    }

    /** A body that reads a column which a backfill still fills must not be called before it is filled. */
    static Stage stage(Catalog catalog, Routine routine) {
        boolean unfilled = catalog.relations().values().stream()
                .filter(relation -> RoutineMentions.mentions(routine, relation.name().name()))
                .flatMap(relation -> relation.columns().stream())
                .anyMatch(column -> column.filled().equals(Optional.of(Stage.MIGRATE))
                        && RoutineMentions.mentions(routine, column.name()));
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

    private static RoutineChange replaceable(Subject subject, Routine old, Declaration next) {
        String identity = "routine " + old.identity();
        if (!subject.node().flag("replace")) {
            throw new RefusedStatement("already-exists", identity + " exists already", "", "Say CREATE OR REPLACE.");
        }
        if (old.extensionMember()) {
            throw new RefusedStatement("extension-member", identity + " belongs to an extension",
                    "The extension would no longer match its script.", "Write one of your own beside it.");
        }
        RoutineChange change = Declaration.of(old, subject.grammar(), subject.catalog())
                .map(live -> RoutineChange.between(live, next)).orElse(RoutineChange.OF_AN_AGGREGATE);
        if (change.kind() == RoutineChange.Kind.IMPOSSIBLE) {
            throw new RefusedStatement("routine-signature-changed", identity + " cannot be replaced: " + change.words(),
                    "PostgreSQL refuses to replace it; DROP and CREATE would leave callers without it and take its"
                            + " grants away.",
                    "Create the new one under a new name, move the callers, and drop the old one in a later release.");
        }
        if (!change.resets().isEmpty() && !subject.allows(RESETS, old.identity())) {
            String clauses = String.join(" ", change.resets());
            throw new RefusedStatement(RESETS, identity + " has " + clauses + ", which the statement does not state",
                    "CREATE OR REPLACE sets back what is not stated, without a word.",
                    "Add " + clauses + " to the statement, or state what it is to become; or allow it by an exception "
                            + RESETS + " for " + old.identity() + ".");
        }
        if (change.kind() == RoutineChange.Kind.SECURITY && !subject.allows(SECURITY, old.identity())) {
            throw new RefusedStatement(SECURITY, identity + " would run with other rights: " + change.words(),
                    "Whoever may call it may do something else from then on.",
                    "Put it into a release of its own, and let whoever is responsible agree by name: an exception "
                            + SECURITY + " for " + old.identity() + ".");
        }
        boolean computes = change.kind().compareTo(RoutineChange.Kind.METADATA) > 0;
        if (old.volatility() == Volatility.IMMUTABLE && computes) {
            requireNoIndex(subject, old);
        }
        return change;
    }

    /** Another result of an IMMUTABLE function would silently corrupt what was computed with the old one. */
    private static void requireNoIndex(Subject subject, Routine routine) {
        String call = routine.name().name() + "(";
        boolean stored = subject.catalog().relations().values().stream()
                .anyMatch(relation -> relation.indexes().stream()
                        .anyMatch(index -> index.computed() && index.definition().contains(call)));
        if (stored) {
            throw new RefusedStatement("immutable-routine-in-index",
                    "routine " + routine.identity() + " is IMMUTABLE and an index is computed with it",
                    "The index would hold results of the old body: queries would miss rows.",
                    "Create the new one under a new name, build a new index with it, and drop the old ones later.");
        }
    }

    private static void refuseOverload(Subject subject, Routine routine) {
        List<Routine> others = subject.catalog().routinesNamed(routine.name());
        if (!others.isEmpty() && !subject.allows(OVERLOAD, routine.name().toString())) {
            throw new RefusedStatement(OVERLOAD,
                    routine.identity() + " would stand beside " + others.get(0).identity() + ", not replace it",
                    "Calls with untyped literals can become ambiguous and fail.",
                    "Use a new name; or allow it by an exception " + OVERLOAD + " for " + routine.name() + ".");
        }
    }
}
