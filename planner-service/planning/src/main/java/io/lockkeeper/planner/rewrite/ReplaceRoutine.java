package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;
import io.lockkeeper.planner.statement.TypeNames;

/**
 * CREATE [OR REPLACE] FUNCTION or PROCEDURE: no table is locked, running calls finish with the old body. Only the body
 * may change: what callers see of it must stay.
 */
final class ReplaceRoutine implements Rewrite {

    private static final String OVERLOAD = "routine-overload";
    /** Names in a body are looked up when it is checked and when it is called: as the team's own sessions do. */
    private static final String UNDER_SEARCH_PATH = "SET LOCAL search_path TO " + quote(Catalog.DEFAULT_SCHEMA)
            + ";\n";

    @Override
    public Set<String> takes() {
        return Set.of("CreateFunctionStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Routine routine = routine(subject);
        CreateTable.requireSchema(subject.catalog(), routine.name());
        Optional<Routine> existing = subject.catalog().routine(routine.name(), routine.argumentTypes());
        existing.ifPresent(old -> requireReplaceable(subject, old, routine));
        if (existing.isEmpty()) {
            refuseOverload(subject, routine);
        }
        String kind = routine.kind() == Routine.Kind.PROCEDURE ? "procedure " : "function ";
        Draft draft = Draft.of(stage(subject.catalog(), routine), "replace-" + routine.name().name(),
                (existing.isPresent() ? "Replace " : "Create ") + kind + routine.identity(),
                new Action.ReplaceRoutine(routine.name(), routine.argumentTypes(),
                        UNDER_SEARCH_PATH + definition(subject)));
        Draft undoable = existing.flatMap(Routine::definition)
                .map(old -> draft.undone(true, "",
                        new Action.ReplaceRoutine(routine.name(), routine.argumentTypes(),
                                UNDER_SEARCH_PATH + old.strip())))
                .orElseGet(() -> draft.undoneBy("DROP " + kind.strip().toUpperCase(Locale.ROOT) + " "
                        + routine.name().quoted() + "(" + String.join(", ", routine.argumentTypes()) + ")"));
        Sequence sequence = Sequence.of(subject.catalog().with(routine), undoable);
        return existing.isPresent()
                ? sequence.withTolerance(Tolerance.Side.OLD_VERSION, "calls the new body of " + routine.identity())
                : sequence;
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

    private static Routine routine(Subject subject) {
        SyntaxNode node = subject.node();
        List<String> types = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<String> outputTypes = new ArrayList<>();
        int defaults = 0;
        boolean table = false;
        for (SyntaxNode parameter : node.list("parameters")) {
            String type = TypeNames.argumentType(parameter.get("argType"), subject.catalog());
            String mode = parameter.string("mode");
            boolean output = mode.equals("FUNC_PARAM_OUT") || mode.equals("FUNC_PARAM_TABLE");
            if (!output) {
                types.add(type);
                names.add(parameter.string("name"));
                defaults += parameter.has("defexpr") ? 1 : 0;
            }
            if (output || mode.equals("FUNC_PARAM_INOUT")) {
                outputs.add((parameter.string("name") + " " + type).strip());
                outputTypes.add(type);
            }
            table |= mode.equals("FUNC_PARAM_TABLE");
        }
        boolean procedure = node.flag("is_procedure");
        SyntaxNode returnType = node.get("returnType");
        Optional<String> result = Optional.empty();
        if (!outputTypes.isEmpty()) {
            result = Optional.of(outputTypes.size() == 1 && !procedure ? outputTypes.get(0) : "record");
        } else if (!returnType.isMissing()) {
            result = Optional.of(TypeNames.argumentType(returnType, subject.catalog()));
        }
        String body = "";
        Volatility volatility = Volatility.VOLATILE;
        for (SyntaxNode option : node.list("options")) {
            switch (option.string("defname")) {
                case "as" -> body = String.join("\n", option.get("arg").strings("items"));
                case "volatility" -> volatility = Volatility
                        .valueOf(option.string("arg").toUpperCase(Locale.ROOT));
                default -> {
                    // Costs, settings and security are taken as written.
                }
            }
        }
        return new Routine(Subject.name(node.strings("funcname")),
                procedure ? Routine.Kind.PROCEDURE : Routine.Kind.FUNCTION, types, names, defaults, outputs, result,
                table || returnType.flag("setof"), volatility, body, Optional.empty(), false, false);
    }

    private static void requireReplaceable(Subject subject, Routine old, Routine routine) {
        if (!subject.node().flag("replace")) {
            throw new RefusedStatement("already-exists", "routine " + routine.identity() + " exists already", "",
                    "Say CREATE OR REPLACE.");
        }
        if (old.extensionMember()) {
            throw new RefusedStatement("extension-member", "routine " + routine.identity() + " belongs to an extension",
                    "The extension would no longer match its script.", "Write one of your own beside it.");
        }
        boolean sameNames = true;
        for (int i = 0; i < old.argumentNames().size(); i++) {
            String name = old.argumentNames().get(i);
            sameNames &= name.isEmpty() || name.equals(routine.argumentNames().get(i));
        }
        boolean same = old.kind() == routine.kind() && old.result().equals(routine.result())
                && old.returnsSet() == routine.returnsSet() && old.outputs().equals(routine.outputs()) && sameNames
                && old.defaults() <= routine.defaults();
        if (!same) {
            throw new RefusedStatement("routine-signature-changed",
                    "routine " + routine.identity()
                            + " would change its kind, result, output columns, argument names or lose a default",
                    "PostgreSQL refuses to replace it; DROP and CREATE would leave callers without it and take its"
                            + " grants away.",
                    "Create the new one under a new name, move the callers, and drop the old one in a later release.");
        }
        boolean weaker = old.volatility().compareTo(routine.volatility()) < 0;
        if (old.volatility() == Volatility.IMMUTABLE && (weaker || !old.body().equals(routine.body()))) {
            requireNoIndex(subject, routine);
        }
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
