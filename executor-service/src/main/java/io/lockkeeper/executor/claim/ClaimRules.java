package io.lockkeeper.executor.claim;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.executor.recovery.DatabaseIdentity;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Step;

/** Whether a plan may become a run. */
public final class ClaimRules {

    private ClaimRules() {}

    /**
     * What the ledger shows when a plan arrives.
     *
     * @param open     plans of the runs that are open
     * @param applied  versions of the plan's files that are in the migration history already
     * @param database what the server says it is, {@code recorded} what it was at the first claim
     * @param pooler   what to do about the pooler that stands before it
     * @param history  what to do about the team's own history, which is to be kept but is not there
     */
    public record Standing(List<Plan> open, List<String> applied, DatabaseIdentity database,
            DatabaseIdentity recorded, Optional<String> pooler, Optional<String> history) {

        public Standing {
            open = List.copyOf(open);
            applied = List.copyOf(applied);
        }
    }

    /** A run's identity is the event that brought its plan, not the plan's hash: the same plan may be released again. */
    public static String run(String target, String eventId) {
        return Hash.sha256(target + "\n" + eventId).substring(0, 12);
    }

    public static Optional<Failure> refusal(Plan plan, Standing standing) {
        if (!PlanHash.of(plan).equals(plan.hash())) {
            return refuse("plan-hash", Failure.Kind.BUG,
                    "the plan of " + plan.release()
                            + " does not have the hash that it states: it was changed on the way"
                            + " or comes from another version of the planner; plan the release again");
        }
        List<Step> steps = plan.steps();
        if (steps.isEmpty() || !(steps.get(steps.size() - 1).action() instanceof Action.Conclude)) {
            return refuse("plan-without-end", Failure.Kind.BUG,
                    "the plan of " + plan.release() + " does not end with its conclusion: plan the release again");
        }
        if (steps.stream().map(Step::id).distinct().count() != steps.size()) {
            return refuse("plan-ambiguous", Failure.Kind.BUG,
                    "the plan of " + plan.release() + " has two steps of one id: plan the release again");
        }
        if (standing.pooler().isPresent()) {
            return refuse("pooler", Failure.Kind.USER, standing.pooler().get());
        }
        if (standing.history().isPresent()) {
            return refuse("history-missing", Failure.Kind.USER, standing.history().get());
        }
        if (!standing.database().continues(standing.recorded())) {
            return refuse("database-changed", Failure.Kind.EXTERNAL,
                    DatabaseIdentity.advice(plan.target(), standing.database(), standing.recorded()));
        }
        for (Plan open : standing.open()) {
            Optional<String> shared = open.release().equals(plan.release())
                    ? Optional.of("a release of the same name")
                    : version(plan, open).or(() -> plan.sharedWith(open));
            if (shared.isPresent()) {
                return refuse("run-open", Failure.Kind.USER,
                        "release " + open.release() + " is still running on " + plan.target() + " and has "
                                + shared.get() + " too: wait until it has ended, or abort it, then release "
                                + plan.release() + " again");
            }
        }
        if (!standing.applied().isEmpty()) {
            return refuse("version-applied", Failure.Kind.USER,
                    "versions " + standing.applied() + " of " + plan.release() + " are in the migration history of "
                            + plan.target() + " already: release only newer files");
        }
        return Optional.empty();
    }

    private static Optional<String> version(Plan plan, Plan open) {
        Set<String> theirs = open.files().stream().map(Plan.FileVersion::version).collect(Collectors.toSet());
        return plan.files().stream().map(Plan.FileVersion::version).filter(theirs::contains).findFirst()
                .map(version -> "version " + version);
    }

    private static Optional<Failure> refuse(String code, Failure.Kind kind, String message) {
        return Optional.of(new Failure(code, kind, Optional.empty(), message));
    }
}
