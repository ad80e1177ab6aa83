package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the schemas cannot say. What they can is in {@link BrokenMessageTest}. */
class RecordChecksTest {

    private static final Instant AT = Instant.parse("2026-11-21T09:10:00Z");

    @Test
    void listsAreCopied() {
        List<String> statements = new ArrayList<>(List.of("SELECT 1"));
        Action.Ddl ddl = new Action.Ddl(statements);
        statements.clear();
        assertThat(ddl.statements()).hasSize(1);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> ddl.statements().clear());
    }

    @Test
    void profileIsCopiedAndItsEvidenceSortedOnce() {
        Map<Gate, List<EvidenceKind>> requires = new EnumMap<>(Gate.class);
        requires.put(Gate.CONTRACT, List.of(EvidenceKind.HEALTH, EvidenceKind.PARITY, EvidenceKind.HEALTH));
        EvidenceProfile profile = profile(requires);
        requires.clear();
        assertThat(profile.requiredBy(Gate.CONTRACT)).containsExactly(EvidenceKind.PARITY, EvidenceKind.HEALTH);
        assertThat(profile.requiredBy(Gate.ARMED)).containsExactly(EvidenceKind.OBSERVATION);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> profile.requires().clear());
    }

    @Test
    void aGateCannotAskForNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> profile(Map.of(Gate.FINALIZE, List.of())))
                .withMessage("profile.requires.finalize is empty: state at least one");
    }

    @Test
    void aGoAgainstFailedEvidenceContradictsItself() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verdict(Verdict.Decision.GO, Severity.P1, AT.plusSeconds(1)))
                .withMessage("verdict.decision is GO against failed evidence: PARITY of orders.total");
        assertThat(verdict(Verdict.Decision.NO_GO, Severity.P1, AT.plusSeconds(1)).evidence()).hasSize(1);
        assertThat(verdict(Verdict.Decision.GO, Severity.P3, AT.plusSeconds(1)).evidence()).hasSize(1);
    }

    @Test
    void aVerdictIsConcludedInTheWordsOfThoseWhoSign() {
        Verdict blocked = verdict(Verdict.Decision.NO_GO, Severity.P1, AT.plusSeconds(1));
        assertThat(blocked.conclusion()).contains(Conclusion.BLOCKED);
        assertThat(blocked.concluded()).isEqualTo("blocked, P1");
        Verdict reported = verdict(Verdict.Decision.GO, Severity.P3, AT.plusSeconds(1));
        assertThat(reported.concluded()).isEqualTo("approved");
        Policy.PolicyException signed = new Policy.PolicyException("user-trigger-fires", "public.orders.touch",
                "it only stamps", "Ann");
        Verdict excepted = new Verdict("shop", "r1", "run", Gate.CONTRACT, 1, "sha256:x", new Lsn(1), new Lsn(2),
                Verdict.Decision.GO, List.of(), PlanHash.of(List.of()), "test", AT, AT.plusSeconds(1), List.of(signed));
        assertThat(excepted.concluded())
                .isEqualTo("approved with exceptions: user-trigger-fires for public.orders.touch, signed by Ann");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Verdict("shop", "r1", "run", Gate.CONTRACT, 1, "sha256:x", new Lsn(1), new Lsn(2),
                        Verdict.Decision.INCONCLUSIVE, List.of(), PlanHash.of(List.of()), "test", AT, AT.plusSeconds(1),
                        Optional.of(Conclusion.APPROVED), List.of()))
                .withMessageStartingWith("verdict.conclusion is APPROVED, but the decision is INCONCLUSIVE");
    }

    @Test
    void aVerdictCannotEndBeforeItBegins() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verdict(Verdict.Decision.NO_GO, Severity.P1, AT.minusSeconds(1)))
                .withMessageStartingWith("verdict.validUntil is before verdict.at");
    }

    @Test
    void stepsOfAPlanHaveDifferentIds() throws Exception {
        Plan plan = ((PlanEvent.PlanProposed) Sample.of("plan.proposed.v1", "shop").message()).plan();
        List<Step> twice = new ArrayList<>(plan.steps());
        twice.add(plan.steps().get(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Plan(plan.target(), plan.release(), plan.serverVersion(), plan.hash(),
                        plan.policy(), plan.files(), plan.preconditions(), twice, plan.watch(), plan.windows(),
                        plan.notes()))
                .withMessage("plan of 2026.11.2 has two steps 000-create-publication");
        assertThat(plan.gates()).containsExactly(Gate.ARMED, Gate.OLD_VERSION_GONE, Gate.SWAP, Gate.CONTRACT,
                Gate.FINALIZE, Gate.WATCHED);
        assertThat(plan.contracts()).isTrue();
        assertThat(plan.step("220-conclude").title()).isNotBlank();
    }

    @Test
    void aPlanIsNotProposedWithoutItsHash() throws Exception {
        Plan plan = ((PlanEvent.PlanProposed) Sample.of("plan.proposed.v1", "shop").message()).plan().withHash("");
        assertThatIllegalArgumentException().isThrownBy(() -> new PlanEvent.PlanProposed(plan))
                .withMessage("plan.hash is missing: state it");
    }

    @Test
    void measuresAreFiniteAndNotNegative() {
        assertThatIllegalArgumentException().isThrownBy(() -> progress(-1, 1.0)).withMessageContaining("done");
        assertThatIllegalArgumentException().isThrownBy(() -> progress(0, Double.NaN))
                .withMessageContaining("rowsPerSecond");
        assertThatIllegalArgumentException().isThrownBy(() -> progress(0, Double.POSITIVE_INFINITY))
                .withMessageContaining("rowsPerSecond");
        assertThat(progress(5, 0.5).done()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "0.5", "\"500 ms\"", "\"\"", "\"PT0S\"", "\"PT-1S\"", "{}"})
    void lockBudgetIsAPositiveIsoDuration(String budget) {
        assertThatExceptionOfType(JsonProcessingException.class)
                .isThrownBy(() -> MessageJson.mapper().readValue("{\"lockBudget\":" + budget + "}", Policy.class))
                .satisfies(failure -> assertThat(MessageJson.reason(failure)).contains("lockBudget"));
    }

    @Test
    void whatAReleaseLeavesOutIsTheStrictPolicy() throws Exception {
        assertThat(MessageJson.mapper().readValue("{}", Policy.class)).isEqualTo(Policy.DEFAULT);
        assertThat(MessageJson.mapper().readValue("{\"withoutStream\":null,\"lockBudget\":null}", Policy.class))
                .isEqualTo(Policy.DEFAULT);
    }

    @Test
    void checksumsAreThoseOfSha256sum() {
        assertThat(MigrationFile.checksum("abc"))
                .isEqualTo("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(MigrationFile.checksum("größe\n"))
                .isEqualTo("sha256:80509adb883cb2f4aac2f5ec0461503ff7dad5a379ad05b97e04afd29f3b3a4a");
    }

    private static OutcomeEvent.StepProgressed progress(long done, double rowsPerSecond) {
        return new OutcomeEvent.StepProgressed("shop", "r1", "run", "step", done, 10, "blocks", 3, rowsPerSecond, AT);
    }

    private static EvidenceProfile profile(Map<Gate, List<EvidenceKind>> requires) {
        return new EvidenceProfile("test", Duration.ofSeconds(1), 1, Duration.ZERO, Duration.ZERO, Duration.ZERO,
                Duration.ofMinutes(1), Duration.ofMinutes(1), 0, requires);
    }

    private static Verdict verdict(Verdict.Decision decision, Severity severity, Instant validUntil) {
        Evidence failed = new Evidence(EvidenceKind.PARITY, "orders.total", "they agree", Evidence.Status.FAILED,
                severity, "1 row", "0 rows", "full compare", Optional.empty());
        return new Verdict("shop", "r1", "run", Gate.CONTRACT, 1, "sha256:x", new Lsn(1), new Lsn(2), decision,
                List.of(failed), PlanHash.of(List.of(failed)), "test", AT, validUntil);
    }
}
