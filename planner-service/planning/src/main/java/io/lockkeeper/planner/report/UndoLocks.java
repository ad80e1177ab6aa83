package io.lockkeeper.planner.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.analysis.Analyzer;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.rewrite.Draft;
import io.lockkeeper.planner.routine.BodyLocks;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * What taking a step back locks: its undo is analysed as any statement is. A release may be taken back as soon as the step is
 * done, and after all the others: what it takes then, on the catalog that their undos leave, counts as well.
 */
public final class UndoLocks {

    private final StepStatements statements;
    private final Analyzer analyzer;
    private final Set<RelationName> views = new HashSet<>();
    private Catalog catalog;

    private UndoLocks(PostgresGrammar grammar, StepStatements statements, Catalog catalog) {
        this.statements = statements;
        // Whatever makes a routine again takes its body as it was, unchecked.
        this.analyzer = new Analyzer(BodyLocks.unchecked(grammar));
        this.catalog = catalog;
    }

    /**
     * @param drafts in the order in which they run
     * @param before the catalog that the first one finds
     */
    public static List<Draft> of(List<Draft> drafts, PostgresGrammar grammar, Catalog before) {
        return of(drafts, grammar, new StepStatements(grammar, actions(drafts)), before);
    }

    /** @param statements those of all {@link #actions} of the drafts */
    static List<Draft> of(List<Draft> drafts, PostgresGrammar grammar, StepStatements statements, Catalog before) {
        UndoLocks locks = new UndoLocks(grammar, statements, before);
        List<Map<RelationName, LockMode>> taken = new ArrayList<>();
        for (Draft draft : drafts) {
            Map<RelationName, LockMode> strongest = new TreeMap<>();
            if (draft.stage() != Stage.DROP) {
                locks.run(List.of(draft.action()), new TreeMap<>());
                Catalog done = locks.catalog;
                // The last one is the first to be taken back, below.
                if (taken.size() + 1 < drafts.size()) {
                    locks.run(undo(draft), strongest);
                    locks.catalog = done;
                }
            }
            taken.add(strongest);
        }
        List<Draft> told = new ArrayList<>(drafts);
        for (int i = drafts.size() - 1; i >= 0; i--) {
            locks.run(undo(drafts.get(i)), taken.get(i));
            told.set(i, drafts.get(i).undoTaking(locks.claims(taken.get(i))));
        }
        return told;
    }

    /** What the drafts do and what takes it back. */
    static Stream<Action> actions(List<Draft> drafts) {
        return drafts.stream().flatMap(draft -> Stream.concat(Stream.of(draft.action()), undo(draft).stream()));
    }

    private static List<Action> undo(Draft draft) {
        return draft.undo().map(Step.Undo::actions).orElse(List.of());
    }

    /** @param strongest what they lock is added; what they make themselves nobody else can hold */
    private void run(List<Action> actions, Map<RelationName, LockMode> strongest) {
        Catalog first = catalog;
        for (Action action : actions) {
            for (SourceStatement statement : statements.of(action)) {
                Analyzer.Outcome outcome = analyzer.read(statement, catalog);
                for (Step.LockClaim claim : outcome.analysis().locks()) {
                    // Up to ROW SHARE they are in nobody's way, and asking for them takes rights that the undo needs not.
                    if (claim.mode().compareTo(LockMode.ROW_SHARE) > 0
                            && first.relation(claim.relation()).isPresent()) {
                        strongest.merge(claim.relation(), claim.mode(),
                                (one, other) -> one.compareTo(other) >= 0 ? one : other);
                        first.relation(claim.relation()).filter(it -> it.kind() == Relation.Kind.VIEW)
                                .ifPresent(view -> views.add(claim.relation()));
                    }
                }
                catalog = outcome.after();
            }
        }
    }

    /** Views first, as whoever uses them asks for them; then the strongest. */
    private List<Step.LockClaim> claims(Map<RelationName, LockMode> strongest) {
        List<Step.LockClaim> claims = new ArrayList<>();
        strongest.forEach((relation, mode) -> claims.add(new Step.LockClaim(relation, mode)));
        claims.sort(Comparator.comparing((Step.LockClaim claim) -> !views.contains(claim.relation()))
                .thenComparing(Comparator.comparing(Step.LockClaim::mode).reversed()));
        return claims;
    }
}
