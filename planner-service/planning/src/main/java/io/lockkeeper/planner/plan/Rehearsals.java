package io.lockkeeper.planner.plan;

import java.util.List;

import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.Rehearsal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.catalog.Catalog;

/** Tries a plan out where nobody works. */
public interface Rehearsals {

    sealed interface Result {}

    /** The server did what the plan says. */
    record Passed(Rehearsal rehearsal) implements Result {}

    /** Where the server did something else, or the rehearsal would prove nothing. */
    record Failed(List<Refusal> refusals) implements Result {

        public Failed {
            refusals = List.copyOf(refusals);
        }
    }

    /** The target as the plan was made for it, read before the rehearsal so that no transaction idles there meanwhile. */
    record Origin(List<SchemaObject> schema, Catalog catalog, Sample sample) {

        public Origin {
            schema = List.copyOf(schema);
        }

        public static Origin of(TargetSnapshot snapshot) {
            return new Origin(snapshot.schema(), snapshot.catalog(), Sample.NONE);
        }

        /** @param wanted rows of each table that the plan is about, at most */
        public static Origin of(TargetSnapshot snapshot, Planner.Planned planned, int wanted) {
            return new Origin(snapshot.schema(), snapshot.catalog(), wanted == 0
                    ? Sample.NONE
                    : snapshot.sample(planned.plan().preconditions().stream().map(Plan.Precondition::relation).toList(),
                            wanted, planned.after()));
        }
    }

    Result rehearse(ReleaseRequested release, Plan plan, Origin origin);
}
