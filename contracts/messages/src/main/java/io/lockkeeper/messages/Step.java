package io.lockkeeper.messages;

import java.util.List;
import java.util.Optional;

/**
 * One step of a plan.
 *
 * @param id              stable within the plan, in running order: {@code 010-create-index-orders_status_idx}
 * @param title           one line for people
 * @param gate            what must be GO before it runs; steps without a gate run at once
 * @param locks           what it takes, strongest first; the executor takes them explicitly before it acts
 * @param undo            how to take it back while that is possible
 * @param validation      SQL that must return no rows once the step is done
 * @param pointOfNoReturn from here on a revert loses data
 * @param source          the statement it came from
 * @param estimate        for people; not part of the plan's hash
 */
public record Step(String id, Phase phase, String title, Optional<Gate> gate, Action action, List<LockClaim> locks,
        Optional<Undo> undo, Optional<String> validation, boolean pointOfNoReturn, Optional<Source> source,
        Optional<Estimate> estimate) {

    public record LockClaim(RelationName relation, LockMode mode) {}

    /** @param lossless false where rows or meaning written since would be lost */
    public record Undo(List<Action> actions, boolean lossless, String note) {

        public Undo {
            actions = List.copyOf(actions);
        }
    }

    /** @param line 1-based line of the statement's first word; {@code statement} counts from 1 within the file */
    public record Source(String path, int line, int statement) {}

    /** @param rows planner's row estimate, {@code bytes} the relation's size on disk */
    public record Estimate(long rows, long bytes) {}

    public Step {
        Texts.required(id, "step.id");
        Texts.required(phase, "step.phase");
        Texts.required(title, "step.title");
        Texts.required(action, "step.action");
        gate = gate == null ? Optional.empty() : gate;
        locks = locks == null ? List.of() : List.copyOf(locks);
        undo = undo == null ? Optional.empty() : undo;
        validation = validation == null ? Optional.empty() : validation;
        source = source == null ? Optional.empty() : source;
        estimate = estimate == null ? Optional.empty() : estimate;
    }
}
