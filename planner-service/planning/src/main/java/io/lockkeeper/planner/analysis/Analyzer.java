package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.routine.BodyLocks;
import io.lockkeeper.planner.statement.NewerSyntax;
import io.lockkeeper.planner.statement.SourceStatement;
import io.lockkeeper.planner.statement.StatementKind;

/**
 * Says what a statement does as written, and what catalog it leaves behind. Never fails: what is not understood is
 * {@link Hazard#UNKNOWN}.
 */
public final class Analyzer {

    private static final Map<String, Operation> BY_KIND = byKind();

    private final BodyLocks bodies;

    public Analyzer(PostgresGrammar grammar) {
        this(BodyLocks.checked(grammar));
    }

    public Analyzer(BodyLocks bodies) {
        this.bodies = bodies;
    }

    /** What a statement does, and the catalog after it. */
    public record Outcome(Analysis analysis, Catalog after) {}

    public Analysis analyse(SourceStatement statement, Catalog catalog) {
        return read(statement, catalog).analysis();
    }

    /** The catalog as the statement leaves it, run as written. */
    public Catalog after(SourceStatement statement, Catalog catalog) {
        return read(statement, catalog).after();
    }

    public Outcome read(SourceStatement statement, Catalog catalog) {
        Effects effects = new Effects(catalog);
        SyntaxNode tree = statement.tree();
        String kind = tree.is("AlterTableStmt")
                ? tree.list("cmds").stream().map(StatementKind::ofSubcommand).map(StatementKind::words).distinct()
                        .collect(Collectors.joining(", "))
                : StatementKind.words(StatementKind.of(tree));
        tell(new Written(statement, tree, bodies), effects);
        LongNames.find(statement.text(), effects);
        NewerSyntax.find(tree, catalog)
                .ifPresent(form -> effects.find(Rule.NEWER_SYNTAX, NewerSyntax.message(form, catalog)));
        return new Outcome(effects.analysis(kind), effects.after());
    }

    private static void tell(Written written, Effects effects) {
        SyntaxNode tree = written.tree();
        if (!tree.is("AlterTableStmt")) {
            tell(StatementKind.of(tree), written, effects);
            return;
        }
        if (tree.flag("missing_ok") && effects.absent(written.target())) {
            return;
        }
        boolean index = tree.string("objtype").equals("OBJECT_INDEX")
                || effects.after().tableOfIndex(written.target()).isPresent();
        for (SyntaxNode command : tree.list("cmds")) {
            if (index) {
                IndexSettings.tell(written.with(command), effects);
            } else if (tree.string("objtype").equals("OBJECT_TYPE")) {
                Types.attribute(command, effects);
            } else {
                tell(StatementKind.ofSubcommand(command), written.with(command), effects);
            }
        }
    }

    static void tell(String kind, Written written, Effects effects) {
        Operation operation = BY_KIND.get(kind);
        if (operation == null) {
            effects.unknown(StatementKind.words(kind) + " is not understood");
        } else {
            operation.tell(written, effects);
        }
    }

    static List<String> kinds() {
        return List.copyOf(BY_KIND.keySet());
    }

    private static Map<String, Operation> byKind() {
        Map<String, Operation> kinds = new TreeMap<>();
        for (Operation operation : Operations.ALL) {
            for (String kind : operation.takes()) {
                if (kinds.put(kind, operation) != null) {
                    throw new IllegalStateException("two operations take " + kind);
                }
            }
        }
        return kinds;
    }
}
