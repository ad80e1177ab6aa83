package io.lockkeeper.cli.client;

import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Verdict.Decision;

/**
 * A verdict as the observer's page data have it.
 *
 * @param concluded in the words of those who sign: approved, with whose exceptions, or blocked
 */
public record VerdictView(Gate gate, @JsonAlias("attempt") int gateAttempt, Decision decision, List<Evidence> evidence,
        Instant at, Optional<String> concluded) {

    /** What only people and time can change: a rollout that is under way, a soak, an approval. */
    private static final Set<EvidenceKind> WAITS_FOR_PEOPLE = EnumSet.of(EvidenceKind.OLD_SESSIONS,
            EvidenceKind.ROLLOUT, EvidenceKind.REVERT_WINDOW, EvidenceKind.APPROVAL);

    public VerdictView {
        evidence = evidence == null ? List.of() : List.copyOf(evidence);
        concluded = concluded == null ? Optional.empty() : concluded;
    }

    public List<Evidence> failed() {
        return evidence.stream().filter(item -> item.status() == Evidence.Status.FAILED).toList();
    }

    /** NO_GO because something is broken, not because the rollout has not come so far yet. */
    public boolean broken() {
        return decision == Decision.NO_GO
                && failed().stream().anyMatch(item -> !WAITS_FOR_PEOPLE.contains(item.kind()));
    }

    /** @param run the observer's view of a run */
    static Optional<VerdictView> last(JsonNode run) {
        return StreamSupport.stream(run.path("verdicts").spliterator(), false).flatMap(VerdictView::parse)
                .max(Comparator.comparing(VerdictView::at));
    }

    private static Stream<VerdictView> parse(JsonNode node) {
        try {
            return Stream.of(MessageJson.mapper().treeToValue(node, VerdictView.class));
        } catch (JsonProcessingException notAVerdict) {
            return Stream.empty();
        }
    }
}
