package io.lockkeeper.planner.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.planner.routine.RoutineBody;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;

/** The rules as they stand for one release on one target. */
public final class DenyRules {

    private final PostgresGrammar grammar;
    private final Policy policy;
    private final Set<String> allowed;
    private final boolean fresh;

    /**
     * @param policy  of the release: its exceptions name rule and object
     * @param allowed ids of rules that the target does not ask for
     * @param fresh   nobody uses the target yet: only rules hold that protect others on the server
     */
    public DenyRules(PostgresGrammar grammar, Policy policy, Set<String> allowed, boolean fresh) {
        this.grammar = grammar;
        this.policy = policy;
        this.allowed = Set.copyOf(allowed);
        this.fresh = fresh;
    }

    /**
     * @return what was let through because the target allows it, for the plan's notes
     * @throws RefusedStatement where the statement is against a rule
     */
    public List<String> require(SourceStatement statement) {
        List<String> notes = new ArrayList<>();
        for (Denial denial : denials(statement)) {
            Rule rule = denial.rule();
            if (allowed.contains(rule.id())) {
                notes.add(denial.what() + ": the target allows " + rule.id());
            } else if (!policy.allows(rule.id(), denial.object()) && !(fresh && !rule.reachesServer())) {
                throw new RefusedStatement(rule.id(), "the statement " + denial.what() + " (" + denial.object() + ")",
                        rule.hazard(), rule.advice() + " If it must be: an exception " + rule.id() + " for "
                                + denial.object() + " in the release, or allow: [" + rule.id()
                                + "] in the target's file.");
            }
        }
        return notes;
    }

    private List<Denial> denials(SourceStatement statement) {
        Stream<Denial> inside = RoutineBody.of(grammar, statement.text(), statement.tree()).queries().stream()
                .flatMap(query -> Denials.in(query.tree()).stream())
                // What a body does to its own database happens when it is called, not when the release runs.
                .filter(denial -> denial.rule().reachesServer());
        return Stream.concat(Denials.in(statement.tree()).stream(), inside).toList();
    }
}
