package io.lockkeeper.planner.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.lockkeeper.grammar.Parsed;
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

    private final PostgresGrammar grammar;
    private final Analyzer analyzer;
    private final Set<RelationName> views = new HashSet<>();
    /** By its text: every undo is looked at twice, and parsing is what costs. */
    private final Map<String, List<SourceStatement>> parsed = new HashMap<>();
    private Catalog catalog;

    private UndoLocks(PostgresGrammar grammar, Catalog catalog) {
        this.grammar = grammar;
        // Whatever makes a routine again takes its body as it was, unchecked.
        this.analyzer = new Analyzer(BodyLocks.unchecked(grammar));
        this.catalog = catalog;
    }

    /**
     * @param drafts in the order in which they run
     * @param before the catalog that the first one finds
     */
    public static List<Draft> of(List<Draft> drafts, PostgresGrammar grammar, Catalog before) {
        UndoLocks locks = new UndoLocks(grammar, before);
        List<Map<RelationName, LockMode>> taken = new ArrayList<>();
        for (Draft draft : drafts) {
            Map<RelationName, LockMode> strongest = new TreeMap<>();
            if (draft.stage() != Stage.DROP) {
                locks.run(List.of(draft.action()), new TreeMap<>());
                Catalog done = locks.catalog;
                locks.run(actions(draft), strongest);
                locks.catalog = done;
            }
            taken.add(strongest);
        }
        List<Draft> told = new ArrayList<>(drafts);
        for (int i = drafts.size() - 1; i >= 0; i--) {
            locks.run(actions(drafts.get(i)), taken.get(i));
            told.set(i, drafts.get(i).undoTaking(locks.claims(taken.get(i))));
        }
        return told;
    }

    private static List<Action> actions(Draft draft) {
        return draft.undo().map(Step.Undo::actions).orElse(List.of());
    }

    /** @param strongest what they lock is added; what they make themselves nobody else can hold */
    private void run(List<Action> actions, Map<RelationName, LockMode> strongest) {
        Catalog first = catalog;
        for (Action action : actions) {
            for (SourceStatement statement : statements(action)) {
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

    private List<SourceStatement> statements(Action action) {
        return parsed.computeIfAbsent(sql(action), this::parse);
    }

    private List<SourceStatement> parse(String sql) {
        if (!(grammar.parse(sql) instanceof Parsed read)) {
            throw new IllegalStateException("the planner's own SQL does not parse: " + sql);
        }
        return read.statements().stream().map(one -> new SourceStatement("the plan", one.index() + 1, one)).toList();
    }

    private static String sql(Action action) {
        if (action instanceof Action.RefreshView refresh) {
            return "REFRESH MATERIALIZED VIEW CONCURRENTLY " + refresh.view().quoted();
        }
        return StepSql.script(List.of(action));
    }
}
