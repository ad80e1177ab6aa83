package io.lockkeeper.planner.plan;

import static io.lockkeeper.messages.EvidenceKind.APPROVAL;
import static io.lockkeeper.messages.EvidenceKind.BASELINE;
import static io.lockkeeper.messages.EvidenceKind.CALLERS;
import static io.lockkeeper.messages.EvidenceKind.HEALTH;
import static io.lockkeeper.messages.EvidenceKind.INVARIANTS;
import static io.lockkeeper.messages.EvidenceKind.OBSERVATION;
import static io.lockkeeper.messages.EvidenceKind.OLD_SESSIONS;
import static io.lockkeeper.messages.EvidenceKind.PARITY;
import static io.lockkeeper.messages.EvidenceKind.REVERT_WINDOW;
import static io.lockkeeper.messages.EvidenceKind.ROLLOUT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Policy;

/** Evidence profiles by name: how long each gate looks, and for what. */
final class Profiles {

    private Profiles() {}

    static List<String> names() {
        return List.of("production", "demo");
    }

    /** @param oldVersion does an old version run? Where none does, nobody can be asked to be gone */
    static Optional<EvidenceProfile> find(Policy policy, boolean oldVersion) {
        String name = policy.profile();
        int approvals = policy.approvals().orElse(name.equals("production") ? 1 : 0);
        return switch (name) {
            case "production" -> Optional.of(new EvidenceProfile(name, Duration.ofSeconds(60), 3, Duration.ofHours(24),
                    Duration.ofHours(24), Duration.ofHours(1), Duration.ofMinutes(15), Duration.ofMinutes(15),
                    approvals,
                    requires(policy.swapCompatible(), oldVersion, approvals), Duration.ofMinutes(1)));
            case "demo" -> Optional.of(new EvidenceProfile(name, Duration.ofMillis(500), 3, Duration.ofSeconds(5),
                    Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60),
                    approvals,
                    requires(policy.swapCompatible(), oldVersion, approvals)));
            default -> Optional.empty();
        };
    }

    /** @param swapCompatible both versions use a swapped column under either type, so the swap waits for nobody to go */
    private static Map<Gate, List<EvidenceKind>> requires(boolean swapCompatible, boolean oldVersion,
            int approvals) {
        Map<Gate, List<EvidenceKind>> requires = new EnumMap<>(Gate.class);
        requires.put(Gate.ARMED, List.of(OBSERVATION, BASELINE));
        requires.put(Gate.OLD_VERSION_GONE, List.of(OBSERVATION, OLD_SESSIONS, ROLLOUT));
        requires.put(Gate.SWAP, swapCompatible
                ? List.of(OBSERVATION, PARITY, INVARIANTS)
                : List.of(OBSERVATION, PARITY, INVARIANTS, OLD_SESSIONS));
        requires.put(Gate.CONTRACT, List.of(OBSERVATION, PARITY, INVARIANTS, OLD_SESSIONS, CALLERS, ROLLOUT, HEALTH));
        List<EvidenceKind> finalize = new ArrayList<>(
                List.of(OBSERVATION, PARITY, INVARIANTS, OLD_SESSIONS, CALLERS, ROLLOUT, HEALTH, REVERT_WINDOW));
        if (approvals > 0) {
            finalize.add(APPROVAL);
        }
        requires.put(Gate.FINALIZE, finalize);
        requires.put(Gate.WATCHED, List.of(OBSERVATION, INVARIANTS, HEALTH));
        if (!oldVersion) {
            requires.replaceAll((gate, kinds) -> kinds.stream().filter(kind -> kind != OLD_SESSIONS).toList());
        }
        return requires;
    }
}
