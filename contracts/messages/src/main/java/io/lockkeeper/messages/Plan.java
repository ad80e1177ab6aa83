package io.lockkeeper.messages;

import java.util.List;

/**
 * A release made safe: the steps in running order, the gates between them and what must be watched. It is one message,
 * so that nobody sees half a plan.
 *
 * @param serverVersion the target's {@code server_version_num} that the plan was made for
 * @param hash          {@code sha256:} over files, preconditions, steps and watch, without estimates; see {@link PlanHash}
 * @param files         versions that the plan brings in
 * @param preconditions fingerprints of the touched relations when the plan was made: where one has changed, it is void
 * @param windows       what each application version must tolerate, step by step
 * @param notes         for people: exceptions used, statements whose prepared row shape changes, what was observed
 */
public record Plan(String target, String release, int serverVersion, String hash, Policy policy,
        List<FileVersion> files,
        List<Precondition> preconditions, List<Step> steps, Watch watch, List<CompatibilityWindow> windows,
        List<String> notes) {

    public record FileVersion(String version, String path, String checksum) {}

    /** @param fingerprint what {@code CatalogFingerprint} printed for the relation; {@code absent} for a new one */
    public record Precondition(RelationName relation, String fingerprint) {}

    /** @param fromStep first and {@code untilStep} last step between which the version may run; empty means no limit */
    public record CompatibilityWindow(String version, String fromStep, String untilStep, String tolerates) {}

    public Plan {
        Texts.required(target, "plan.target");
        Texts.required(release, "plan.release");
        files = List.copyOf(files);
        preconditions = List.copyOf(preconditions);
        steps = List.copyOf(steps);
        windows = List.copyOf(windows);
        notes = List.copyOf(notes);
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

    public Plan withHash(String newHash) {
        return new Plan(target, release, serverVersion, newHash, policy, files, preconditions, steps, watch, windows,
                notes);
    }
}
