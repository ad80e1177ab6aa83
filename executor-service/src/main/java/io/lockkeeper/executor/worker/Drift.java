package io.lockkeeper.executor.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.run.StepView;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.target.Session;

/**
 * Whether somebody else has changed the relations that a plan builds on: before its first change they must be what they
 * were when it was made, before every later one what its own last step has left.
 */
final class Drift {

    private Drift() {}

    /** Empty where nothing has changed; a step that was begun before may have changed something itself. */
    static Optional<Failure> before(Tenure tenure, RunView run, Step step) {
        if (run.step(step.id()).attempts() > 0 || run.plan().preconditions().isEmpty()) {
            return Optional.empty();
        }
        List<Step> steps = run.plan().steps();
        boolean untouched = IntStream.range(0, steps.size())
                .filter(place -> !(steps.get(place).action() instanceof Action.CreatePublication))
                .allMatch(place -> run.steps().get(place).attempts() == 0);
        return untouched
                ? changed(tenure, run, planned(run.plan()))
                        .filter(any -> !(step.action() instanceof Action.CreatePublication))
                        .map(relation -> failure(relation + " is not what it was when the plan was made: somebody has"
                                + " changed it since; abort the run and release again, so that a new plan is made"))
                : changed(tenure, run, left(tenure, run)).map(relation -> {
                    forget(tenure, run);
                    return failure("somebody has changed " + relation + " between two steps of this run: look at what"
                            + " was changed; resume takes it as it is now and goes on, abort takes the run back");
                });
    }

    /** What the step has left. Done outside its transaction, so that its locks are not held for this. */
    static void after(Tenure tenure, RunView run, Step step) {
        fingerprints(tenure.ledger(), run.plan()).forEach((relation, fingerprint) -> tenure.ledger().query("""
                INSERT INTO lockkeeper.relation (run, schema, name, step, fingerprint)
                SELECT $1::text, $2::text, $3::text, $4::text, $5::text FROM lockkeeper.target
                WHERE name = $6::text AND epoch = $7::bigint
                ON CONFLICT (run, schema, name) DO UPDATE SET step = excluded.step, fingerprint = excluded.fingerprint
                """, run.id(), relation.schema(), relation.name(), step.id(), fingerprint, tenure.target().name(),
                tenure.epoch()));
    }

    private static Optional<RelationName> changed(Tenure tenure, RunView run, Map<RelationName, String> expected) {
        return expected.isEmpty()
                ? Optional.empty()
                : fingerprints(tenure.ledger(), run.plan()).entrySet().stream()
                        .filter(now -> !now.getValue().equals(expected.getOrDefault(now.getKey(), now.getValue())))
                        .map(Map.Entry::getKey).findFirst();
    }

    private static Map<RelationName, String> planned(Plan plan) {
        return plan.preconditions().stream()
                .collect(Collectors.toMap(Plan.Precondition::relation, Plan.Precondition::fingerprint));
    }

    /** Nothing where the process died between the last step's end and the look at what it left: then it is not known. */
    private static Map<RelationName, String> left(Tenure tenure, RunView run) {
        List<StepView> done = run.steps().stream().filter(step -> step.state().done()).toList();
        return done.isEmpty()
                ? Map.of()
                : tenure.ledger().query("""
                        SELECT schema, name, fingerprint FROM lockkeeper.relation
                        WHERE run = $1::text AND step = $2::text
                        """, run.id(), done.get(done.size() - 1).id()).stream()
                        .collect(
                                Collectors.toMap(row -> RelationName.of(row.getString("schema"), row.getString("name")),
                                        row -> row.getString("fingerprint")));
    }

    private static void forget(Tenure tenure, RunView run) {
        tenure.ledger().query("DELETE FROM lockkeeper.relation WHERE run = $1::text", run.id());
    }

    /** As they are now, in the plan's order; all asked for at once. */
    private static Map<RelationName, String> fingerprints(Session session, Plan plan) {
        Map<RelationName, Future<RowSet<Row>>> answers = new LinkedHashMap<>();
        for (Plan.Precondition precondition : plan.preconditions()) {
            RelationName relation = precondition.relation();
            answers.put(relation, session.send(LedgerSchema.FINGERPRINT, relation.schema(), relation.name()));
        }
        Map<RelationName, String> fingerprints = new LinkedHashMap<>();
        answers.forEach((relation, answer) -> fingerprints.put(relation,
                session.await(answer).get(0).getString("fingerprint")));
        return fingerprints;
    }

    private static Failure failure(String message) {
        return new Failure("catalog-changed", Failure.Kind.USER, Optional.empty(), message);
    }
}
