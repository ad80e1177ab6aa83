package io.lockkeeper.messages;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What people ask before they sign a plan, answered from the plan itself. Not part of the plan's hash.
 *
 * @param steps     in running order, one for each step
 * @param hardest   of all steps: how hard it is to take the whole plan back
 * @param readiness one answer to each question
 */
public record Review(List<StepReview> steps, Difficulty hardest, List<ReadinessAnswer> readiness) {

    /** How hard a step is to take back once it has run and the application has written since. */
    public enum Difficulty {
        /** Nothing to take back, or one short transaction that loses nothing. */
        @JsonProperty("easy")
        EASY,
        /** Loses nothing, and takes a scan, a build or a lock that the application could feel. */
        @JsonProperty("moderate")
        MODERATE,
        /** Possible, with loss of what was written since. */
        @JsonProperty("hard")
        HARD,
        /** Nothing brings it back: mend it forward. */
        @JsonProperty("forward-fix")
        FORWARD_FIX
    }

    /** What a script that claims to roll back is asked. */
    public enum RollbackQuestion {
        @JsonProperty("data-shape")
        DATA_SHAPE, @JsonProperty("enum-values")
        ENUM_VALUES, @JsonProperty("events")
        EVENTS, @JsonProperty("grants")
        GRANTS, @JsonProperty("owner")
        OWNER, @JsonProperty("semantics")
        SEMANTICS, @JsonProperty("side-effects")
        SIDE_EFFECTS, @JsonProperty("drops")
        DROPS
    }

    /** What every change of a production database has to answer. */
    public enum ReadinessQuestion {
        @JsonProperty("phases")
        PHASES, @JsonProperty("old-version")
        OLD_VERSION, @JsonProperty("new-version")
        NEW_VERSION, @JsonProperty("locks")
        LOCKS, @JsonProperty("duration")
        DURATION, @JsonProperty("pause-and-resume")
        PAUSE_AND_RESUME, @JsonProperty("progress")
        PROGRESS, @JsonProperty("rollback")
        ROLLBACK, @JsonProperty("validation")
        VALIDATION, @JsonProperty("consumers")
        CONSUMERS
    }

    public record RollbackAnswer(RollbackQuestion question, String answer) {

        public RollbackAnswer {
            Texts.required(question, "answer.question");
            Texts.required(answer, "answer.answer");
        }
    }

    public record ReadinessAnswer(ReadinessQuestion question, String answer) {

        public ReadinessAnswer {
            Texts.required(question, "answer.question");
            Texts.required(answer, "answer.answer");
        }
    }

    /** May a version run while the step has not run yet, and once it has? */
    public record Window(boolean before, boolean after, @JsonProperty(defaultValue = "[]") List<String> tolerates) {

        public Window {
            tolerates = Texts.listOrEmpty(tolerates, "window.tolerates");
        }
    }

    /**
     * @param step               id of the step
     * @param oldVersion         absent where no old version runs
     * @param answers            what the step touches; a question without an answer means that it touches nothing of the kind
     * @param preparedStatements query ids of {@code pg_stat_statements} whose row shape the step changes: prepared ones
     *                           fail once with 0A000
     */
    public record StepReview(String step, Optional<Window> oldVersion, Window newVersion, Difficulty difficulty,
            List<RollbackAnswer> answers,
            @JsonProperty(defaultValue = "[]") List<String> preparedStatements) {

        public StepReview {
            Texts.required(step, "review.step");
            Texts.required(newVersion, "review.newVersion");
            Texts.required(difficulty, "review.difficulty");
            oldVersion = Texts.optional(oldVersion);
            answers = Texts.list(answers, "review.answers");
            preparedStatements = Texts.listOrEmpty(preparedStatements, "review.preparedStatements");
        }
    }

    public Review {
        steps = Texts.list(steps, "review.steps");
        Texts.required(hardest, "review.hardest");
        readiness = Texts.list(readiness, "review.readiness");
    }

    public Optional<StepReview> find(String id) {
        return steps.stream().filter(step -> step.step().equals(id)).findFirst();
    }
}
