package io.lockkeeper.messages;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/** What a person or CI wants of a run. Idempotent by event id. */
public sealed interface Control extends Message {

    /** Who asks: recorded. */
    String by();

    /** @param evidenceHash evidence that was seen when approving; absent approves the gate of this plan whatever follows */
    record Approve(String target, String release, Gate gate, String planHash, Optional<String> evidenceHash, String by,
            Optional<String> note) implements Control {

        public Approve {
            require(target, release, by);
            Texts.required(gate, "gate");
            Texts.required(planHash, "planHash");
            evidenceHash = Texts.optional(evidenceHash);
            note = Texts.optional(note);
        }
    }

    /** Stop before the next step, or after the batch that runs. */
    record Pause(String target, String release, String by, Optional<String> reason) implements Control {

        public Pause {
            require(target, release, by);
            reason = Texts.optional(reason);
        }
    }

    /** Go on, also from HALTED: the failed step is probed and tried again. */
    record Resume(String target, String release, String by) implements Control {

        public Resume {
            require(target, release, by);
        }
    }

    /** Take back what is not used yet and end; refused after the point of no return, and once the run has completed. */
    record Abort(String target, String release, String by, Optional<String> reason) implements Control {

        public Abort {
            require(target, release, by);
            reason = Texts.optional(reason);
        }
    }

    /**
     * Take a run back that has completed, with its rows in the migration history; one that is still open is aborted. Refused
     * after the point of no return, and where a later release has changed the same objects.
     *
     * @param acceptLoss go on although rows or a change by hand are lost, or something of the release stays
     */
    record Revert(String target, String release, String by, Optional<String> reason,
            @JsonProperty(defaultValue = "false") @JsonSetter(nulls = Nulls.AS_EMPTY) boolean acceptLoss)
            implements
                Control {

        public Revert {
            require(target, release, by);
            reason = Texts.optional(reason);
        }
    }

    /**
     * How fast data steps may go from now on; with neither, as the executor is configured.
     *
     * @param workers at most
     * @param rest    after a batch at least, as a share of its time
     */
    record Tune(String target, String release, String by, Optional<Integer> workers, Optional<Double> rest)
            implements
                Control {

        public Tune {
            require(target, release, by);
            workers = Texts.optional(workers);
            workers.ifPresent(count -> Texts.atLeast(1, count, "workers"));
            rest = Texts.optional(rest);
            rest.ifPresent(share -> Texts.atLeast(0, share, "rest"));
        }
    }

    private static void require(String target, String release, String by) {
        Texts.required(target, "target");
        Texts.required(release, "release");
        Texts.required(by, "by");
    }
}
