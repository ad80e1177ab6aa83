package io.lockkeeper.planner.review;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Review.ReadinessAnswer;
import io.lockkeeper.messages.Review.ReadinessQuestion;
import io.lockkeeper.messages.Review.StepReview;
import io.lockkeeper.messages.Review.Window;
import io.lockkeeper.messages.Step;

/** The ten questions that every change of a production database answers. */
final class Readiness {

    private final Plan plan;
    private final List<StepReview> steps;
    private final Surroundings surroundings;

    Readiness(Plan plan, List<StepReview> steps, Surroundings surroundings) {
        this.plan = plan;
        this.steps = steps;
        this.surroundings = surroundings;
    }

    List<ReadinessAnswer> answers() {
        List<ReadinessAnswer> answers = new ArrayList<>();
        for (ReadinessQuestion question : ReadinessQuestion.values()) {
            answers.add(new ReadinessAnswer(question, answer(question)));
        }
        return answers;
    }

    private String answer(ReadinessQuestion question) {
        return switch (question) {
            case PHASES -> plan.steps().stream().map(step -> step.phase().name().toLowerCase(Locale.ROOT)).distinct()
                    .collect(Collectors.joining(", "));
            case OLD_VERSION -> oldVersion();
            case NEW_VERSION -> steps.stream().filter(step -> step.newVersion().after()).findFirst()
                    .map(step -> "may run once " + step.step() + " is done")
                    .orElse("may not run before the plan is done");
            case LOCKS -> locks();
            case DURATION -> duration();
            case PAUSE_AND_RESUME ->
                "between any two steps" + (backfills() ? ", and within a backfill after any batch" : "")
                        + "; a step that is under way ends or is taken back first";
            case PROGRESS -> "by step" + (backfills() ? ", and within a backfill by rows and blocks" : "")
                    + ": lockkeeper status, the console, outcome events";
            case ROLLBACK -> rollback();
            case VALIDATION -> validation();
            case CONSUMERS -> consumers();
        };
    }

    private String oldVersion() {
        Optional<String> version = plan.watch().application().fromVersion();
        if (version.isEmpty()) {
            return "there is none";
        }
        return "version " + version.get() + " " + steps.stream()
                .filter(step -> step.oldVersion().filter(window -> !window.after()).isPresent()).findFirst()
                .map(step -> "runs until " + step.step() + ", which waits for its end").orElse("runs throughout")
                + tolerates(steps.stream().flatMap(step -> step.oldVersion().stream()).toList());
    }

    private static String tolerates(List<Window> windows) {
        List<String> texts = windows.stream().flatMap(window -> window.tolerates().stream()).distinct().toList();
        return texts.isEmpty() ? "" : "; it " + String.join("; ", texts);
    }

    private String locks() {
        Set<String> blocking = new TreeSet<>();
        plan.steps().stream().flatMap(step -> step.locks().stream()).filter(claim -> claim.mode().blocksApplication())
                .filter(claim -> plan.preconditions().stream().anyMatch(one -> one.relation().equals(claim.relation())))
                .forEach(claim -> blocking.add(claim.mode().sql() + " on " + claim.relation()));
        return blocking.isEmpty()
                ? "none that the application's statements wait for"
                : String.join(", ", blocking) + "; asked for at most " + plan.policy().lockBudget().toMillis()
                        + " ms at a time, held for a change of the catalog";
    }

    private String duration() {
        Duration work = plan.steps().stream().flatMap(step -> step.estimate().stream())
                .flatMap(estimate -> estimate.duration().stream()).reduce(Duration.ZERO, Duration::plus);
        String basis = plan.steps().stream().flatMap(step -> step.estimate().stream())
                .flatMap(estimate -> estimate.basis().stream()).map(text -> text.split(":")[0]).distinct().sorted()
                .collect(Collectors.joining(" and "));
        return (work.isZero() ? "moments" : "about " + Math.max(1, work.toSeconds()) + " s of work")
                + (basis.isEmpty() ? "" : ", " + basis) + "; gates and locks are waited for besides";
    }

    private String rollback() {
        Optional<Step> end = plan.steps().stream().filter(Step::pointOfNoReturn).findFirst();
        List<String> loss = plan.steps().stream()
                .filter(step -> step.undo().filter(undo -> !undo.lossless()).isPresent())
                .map(Step::id).toList();
        return "lockkeeper abort takes it back" + end.map(step -> " until " + step.id() + "; from there on forward")
                .orElse(" at any step")
                + (loss.isEmpty() ? "" : "; what was written since is lost of " + String.join(", ", loss));
    }

    private String validation() {
        long queries = plan.steps().stream().filter(step -> step.validation().isPresent()).count();
        return queries + " of " + plan.steps().size() + " steps have a query that must return no rows; "
                + plan.watch().pairs().size() + " pairs are proven equal; " + plan.watch().invariants().size()
                + " invariants hold";
    }

    private String consumers() {
        Set<RelationName> touched = new TreeSet<>();
        plan.steps().stream().flatMap(step -> step.locks().stream())
                .filter(claim -> claim.mode().compareTo(LockMode.ROW_EXCLUSIVE) >= 0)
                .forEach(claim -> touched.add(claim.relation()));
        Set<String> affected = new TreeSet<>();
        surroundings.consumers().stream().filter(consumer -> touched.contains(consumer.relation()))
                .forEach(consumer -> affected.add(consumer.name() + " of " + consumer.relation()));
        long statements = steps.stream().flatMap(step -> step.preparedStatements().stream()).distinct().count();
        return (affected.isEmpty() ? "none that the catalog knows" : String.join(", ", affected))
                + (statements == 0 ? "" : "; " + statements + " statements whose prepared row shape changes");
    }

    private boolean backfills() {
        return plan.steps().stream().anyMatch(step -> step.action() instanceof Action.Backfill);
    }
}
