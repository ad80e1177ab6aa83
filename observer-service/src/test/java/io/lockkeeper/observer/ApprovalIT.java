package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;

/** Who must agree to the irreversible part, to which plan, having seen what. */
@ExtendWith(WatchingParameter.class)
class ApprovalIT {

    private static final String NO_EVIDENCE = null;

    private final Watching watching;

    ApprovalIT(Watching watching) {
        this.watching = watching;
    }

    @Test
    void onePersonMayApproveAheadOfTheEvidenceButNotAnotherPlan() throws SQLException {
        open(1, List.of());
        String plan = watching.release.plan().hash();
        approve("ada", "sha256:another", NO_EVIDENCE);
        watching.awaitVerdict(Gate.FINALIZE, says("finalize", Status.UNKNOWN, "nobody approved"));
        watching.neverGo(Gate.FINALIZE);

        approve("ada", plan, NO_EVIDENCE);

        assertThat(watching.awaitDecision(Gate.FINALIZE, Decision.GO))
                .matches(says("finalize", Status.PASSED, "approved by ada"));
    }

    @Test
    void twoPersonsEachNameTheEvidenceThatTheyHaveSeen() throws SQLException {
        open(2, List.of());
        String plan = watching.release.plan().hash();
        String seen = watching.awaitDecision(Gate.FINALIZE, Decision.INCONCLUSIVE).evidenceHash();
        approve("ada", plan, seen);
        approve("Ada ", plan, seen);
        approve("grace", plan, NO_EVIDENCE);
        approve("mary", plan, "sha256:never-given");
        Verdict one = watching.awaitVerdict(Gate.FINALIZE, says("finalize", Status.UNKNOWN, "approved by ada"));
        assertThat(one).matches(says("finalize", Status.UNKNOWN, "approved by ada").and(
                verdict -> verdict.evidence().stream().noneMatch(item -> item.measure().contains("grace")
                        || item.measure().contains("mary"))));
        watching.neverGo(Gate.FINALIZE);

        approve("grace", plan, seen);

        assertThat(watching.awaitDecision(Gate.FINALIZE, Decision.GO))
                .matches(says("finalize", Status.PASSED, "approved by ada, grace"));
    }

    @Test
    void evidenceOfANoGoIsNothingToAgreeTo() throws SQLException {
        watching.release.database().execute("UPDATE orders SET status = 'lost' WHERE id = 5");
        open(2, List.of(new Invariant("none-lost", "SELECT id FROM orders WHERE status = 'lost'", Severity.P1, null,
                Optional.empty(), Optional.empty())));
        watching.release.database().execute("UPDATE orders SET status = 'lost' WHERE id = 6");
        String against = watching.awaitDecision(Gate.FINALIZE, Decision.NO_GO).evidenceHash();
        approve("ada", watching.release.plan().hash(), against);
        approve("grace", watching.release.plan().hash(), against);
        watching.release.database().execute("UPDATE orders SET status = 'found' WHERE id = 6");

        watching.awaitVerdict(Gate.FINALIZE, says("finalize", Status.UNKNOWN, "nobody approved")
                .and(says("none-lost", Status.PASSED, "none of them new")));
        watching.neverGo(Gate.FINALIZE);
    }

    private void open(int persons, List<Invariant> invariants) throws SQLException {
        EvidenceProfile asked = Watching.asking(Gate.FINALIZE, EvidenceKind.OBSERVATION, EvidenceKind.INVARIANTS,
                EvidenceKind.APPROVAL);
        watching.release.claim(false, invariants,
                new EvidenceProfile("test", asked.sampleInterval(), 1, Duration.ZERO, Duration.ZERO, Duration.ZERO,
                        asked.validity(), asked.overdue(), persons, asked.requires()));
        watching.arm();
        watching.release.open(Gate.FINALIZE, 1);
    }

    private void approve(String person, String plan, String evidence) throws SQLException {
        try (Connection connection = watching.release.database().connect();
                var statement = connection.prepareStatement("INSERT INTO lockkeeper.approval"
                        + " (id, run, gate, plan_hash, evidence_hash, approver) VALUES (?, ?, ?, ?, ?, ?)")) {
            int column = 1;
            for (String value : new String[]{person + plan + evidence, TestRelease.RUN, Gate.FINALIZE.wireName(), plan,
                    evidence, person}) {
                statement.setString(column++, value);
            }
            statement.executeUpdate();
        }
    }
}
