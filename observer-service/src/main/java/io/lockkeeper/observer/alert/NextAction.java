package io.lockkeeper.observer.alert;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;

/** What a NO_GO asks of people, by how far the release has come. */
final class NextAction {

    private NextAction() {}

    static String of(Gate gate, List<Evidence> failed) {
        return switch (gate) {
            case ARMED, OLD_VERSION_GONE, SWAP, CONTRACT ->
                "Look at the failed evidence; the gate opens by itself once it passes";
            case FINALIZE -> failed.stream().anyMatch(item -> item.kind() == EvidenceKind.ROLLOUT)
                    ? "Wait for gate contract to open again: the old names come back by themselves. Then deploy the new"
                            + " version, or abort"
                    : "Decide whether to abort: it takes the quarantine back, and loses no data before the drop";
            case WATCHED -> "The old shape is gone. Fix forward: " + forward(failed)
                    + ". The watch begins anew once it passes";
        };
    }

    private static String forward(List<Evidence> failed) {
        Set<String> repairs = new LinkedHashSet<>();
        for (Evidence item : failed) {
            repairs.add(switch (item.kind()) {
                case INVARIANTS -> "repair what " + item.subject() + " finds, and whoever writes it";
                case HEALTH -> "change what is behind " + item.subject() + ": a statement, an index, the load";
                case ROLLOUT, OLD_SESSIONS -> "deploy a version that knows the new shape: " + item.subject();
                case CALLERS -> "change the callers that " + item.subject() + " names";
                default -> "look at " + item.subject();
            });
        }
        return String.join("; ", repairs);
    }
}
