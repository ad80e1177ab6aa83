package io.lockkeeper.messages;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A release made safe: the steps in running order, the gates between them and what must be watched. It is one message,
 * so that nobody sees half a plan.
 *
 * @param serverVersion the target's {@code server_version_num} that the plan was made for
 * @param policy        what the release asked for, with defaults filled in
 * @param hash          {@code sha256:} over files, preconditions, steps and watch, without estimates; see {@link PlanHash};
 *                      empty only while the plan is being made
 * @param files         versions that the plan brings in
 * @param preconditions fingerprints of the touched relations when the plan was made: where one has changed, it is void
 * @param windows       what each application version must tolerate, step by step
 * @param notes         for people: exceptions used, what was observed
 * @param review        what people ask before they sign
 * @param rehearsal     hash of the {@link Rehearsal} that the plan has passed
 */
public record Plan(String target, String release, int serverVersion, String hash, Policy policy,
        List<FileVersion> files,
        List<Precondition> preconditions, List<Step> steps, Watch watch,
        @JsonProperty(defaultValue = "[]") List<CompatibilityWindow> windows,
        @JsonProperty(defaultValue = "[]") List<String> notes, Optional<Review> review, Optional<String> rehearsal) {

    /**
     * As in {@link MigrationFile}, without the text.
     *
     * @param crc32 {@link MigrationFile#crc32}; absent from a planner that did not count it
     */
    public record FileVersion(String version, String path, String checksum, Optional<Integer> crc32) {

        public FileVersion {
            Texts.required(version, "file.version");
            Texts.required(path, "file.path");
            Texts.required(checksum, "file.checksum");
            crc32 = Texts.optional(crc32);
        }
    }

    /** @param fingerprint what {@code LedgerSchema.FINGERPRINT} printed for the relation; {@code absent} for a new one */
    public record Precondition(RelationName relation, String fingerprint) {

        public Precondition {
            Texts.required(relation, "precondition.relation");
            Texts.required(fingerprint, "precondition.fingerprint");
        }
    }

    /** @param fromStep first and {@code untilStep} last step between which the version may run; empty means no limit */
    public record CompatibilityWindow(String version, @JsonProperty(defaultValue = "") String fromStep,
            @JsonProperty(defaultValue = "") String untilStep, String tolerates) {

        public CompatibilityWindow {
            Texts.required(version, "window.version");
            Texts.required(tolerates, "window.tolerates");
            fromStep = Texts.orEmpty(fromStep);
            untilStep = Texts.orEmpty(untilStep);
        }
    }

    /** As the planner first makes it: neither reviewed nor rehearsed. */
    public Plan(String target, String release, int serverVersion, String hash, Policy policy, List<FileVersion> files,
            List<Precondition> preconditions, List<Step> steps, Watch watch, List<CompatibilityWindow> windows,
            List<String> notes) {
        this(target, release, serverVersion, hash, policy, files, preconditions, steps, watch, windows, notes,
                Optional.empty(), Optional.empty());
    }

    public Plan {
        Texts.required(target, "plan.target");
        Texts.required(release, "plan.release");
        Texts.required((Object) hash, "plan.hash");
        Texts.required(policy, "plan.policy");
        Texts.required(watch, "plan.watch");
        files = Texts.list(files, "plan.files");
        preconditions = Texts.list(preconditions, "plan.preconditions");
        steps = Texts.list(steps, "plan.steps");
        windows = Texts.listOrEmpty(windows, "plan.windows");
        notes = Texts.listOrEmpty(notes, "plan.notes");
        review = Texts.optional(review);
        rehearsal = Texts.optional(rehearsal);
        Set<String> ids = new HashSet<>();
        for (Step step : steps) {
            if (!ids.add(step.id())) {
                throw new IllegalArgumentException("plan of " + release + " has two steps " + step.id());
            }
        }
    }

    /** The gates that stand before its steps, in running order. */
    public List<Gate> gates() {
        return steps.stream().flatMap(step -> step.gate().stream()).distinct().toList();
    }

    public Step step(String id) {
        return steps.stream().filter(step -> step.id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("plan of " + release + " has no step " + id));
    }

    public boolean contracts() {
        return steps.stream().anyMatch(step -> step.phase() == Phase.CONTRACT);
    }

    /**
     * What this plan and another one both touch, so that one must wait for the other; empty where they may run beside each
     * other. Files as written may touch anything.
     */
    public Optional<String> sharedWith(Plan other) {
        if (asWritten() || other.asWritten()) {
            return Optional.of("the whole database");
        }
        Set<String> theirs = other.touched();
        return touched().stream().filter(theirs::contains).findFirst();
    }

    private boolean asWritten() {
        return steps.stream().anyMatch(step -> step.action() instanceof Action.AsWritten);
    }

    /** Relations that a step locks, creates or fills, and routines that it replaces or takes away. */
    private Set<String> touched() {
        Set<String> touched = new TreeSet<>();
        preconditions.forEach(precondition -> touched.add(precondition.relation().toString()));
        watch.retiredRoutines().forEach(retired -> touched.add("routine " + retired.routine()));
        for (Step step : steps) {
            step.locks().forEach(claim -> touched.add(claim.relation().toString()));
            if (step.action() instanceof Action.ReplaceRoutine replace) {
                touched.add("routine " + replace.routine());
            } else if (step.action() instanceof Action.Ddl ddl) {
                ddl.routines().forEach(identity -> touched.add("routine " + identity.routine()));
            } else if (step.action() instanceof Action.ChangeRows change) {
                touched.add(change.table().toString());
            }
        }
        return touched;
    }

    public Plan withHash(String newHash) {
        return new Plan(target, release, serverVersion, newHash, policy, files, preconditions, steps, watch, windows,
                notes, review, rehearsal);
    }

    public Plan withReview(Review newReview) {
        return new Plan(target, release, serverVersion, hash, policy, files, preconditions, steps, watch, windows,
                notes, Optional.of(newReview), rehearsal);
    }

    /** @param more notes that the rehearsal gave rise to */
    public Plan withRehearsal(Rehearsal passed, List<String> more) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(more);
        return new Plan(target, release, serverVersion, hash, policy, files, preconditions, steps, watch, windows, all,
                review, Optional.of(passed.hash()));
    }
}
