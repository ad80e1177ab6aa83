package io.lockkeeper.observer.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.GateJudge;
import io.lockkeeper.observer.gate.Judgement;
import io.lockkeeper.observer.ledger.LedgerRun;

class AlertDeskTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration OVERDUE = Duration.ofMinutes(15);
    private static final EvidenceProfile PROFILE = new EvidenceProfile("production", Duration.ofMinutes(1), 1,
            Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofMinutes(15), OVERDUE, 0,
            Map.of(Gate.CONTRACT, List.of(EvidenceKind.INVARIANTS)));
    private static final LedgerRun RUN = run();

    private final Kept store = new Kept();
    private final AlertDesk desk = new AlertDesk(store);

    @BeforeEach
    void load() {
        desk.load();
    }

    @Test
    void noGoIsRaisedOnceHoweverOftenItIsSeen() {
        desk.judged(RUN, Gate.CONTRACT, failed("2 rows"), NOW);
        desk.judged(RUN, Gate.CONTRACT, failed("3 rows"), NOW.plusSeconds(60));

        assertThat(desk.unannounced()).singleElement().satisfies(alert -> {
            assertThat(alert.generation()).isEqualTo(1);
            assertThat(alert.raised().name()).isEqualTo("LockkeeperNoGo");
            assertThat(alert.raised().severity()).isEqualTo(Severity.P1);
            assertThat(alert.raised().impact()).startsWith("customers see wrong sums");
            assertThat(alert.raised().evidence()).hasSize(1);
        });
    }

    @Test
    void resolvesWhenWhatFailedHasPassed() {
        desk.judged(RUN, Gate.CONTRACT, failed("2 rows"), NOW);
        desk.judged(RUN, Gate.CONTRACT, passed(), NOW.plusSeconds(60));

        assertThat(desk.current(NOW.plusSeconds(61))).singleElement()
                .satisfies(alert -> assertThat(alert.firing()).isFalse());
        assertThat(desk.current(NOW.plusSeconds(61).plus(AlertDesk.RESOLVED_IS_SAID))).isEmpty();
    }

    @Test
    void saysWhatAViolationMeansWhoKeptItTrueAndWhomToAsk() {
        desk.judged(RUN, Gate.CONTRACT, failed("2 rows"), NOW);

        assertThat(desk.unannounced()).singleElement().satisfies(alert -> {
            assertThat(alert.raised().impact())
                    .isEqualTo("customers see wrong sums (today kept true by the checkout service)");
            assertThat(alert.raised().owners()).containsExactly("checkout team");
        });
    }

    @Test
    void doesNotResolveByBecomingInvisible() {
        desk.judged(RUN, Gate.CONTRACT, failed("2 rows"), NOW);
        desk.judged(RUN, Gate.CONTRACT, unknown(), NOW.plusSeconds(60));

        assertThat(desk.current(NOW.plusSeconds(61))).singleElement()
                .satisfies(alert -> assertThat(alert.firing()).isTrue());
    }

    @Test
    void firesAgainAsAnotherGeneration() {
        desk.judged(RUN, Gate.CONTRACT, failed("2 rows"), NOW);
        desk.judged(RUN, Gate.CONTRACT, passed(), NOW.plusSeconds(60));
        desk.judged(RUN, Gate.CONTRACT, failed("2 rows"), NOW.plusSeconds(120));

        assertThat(desk.current(NOW.plusSeconds(121))).singleElement().satisfies(alert -> {
            assertThat(alert.firing()).isTrue();
            assertThat(alert.raisedEvent()).endsWith("/LockkeeperNoGo/2/raised");
        });
    }

    @Test
    void missingEvidenceWarnsOnlyAfterTheProfilesTime() {
        desk.judged(RUN, Gate.CONTRACT, unknown(), NOW);
        desk.judged(RUN, Gate.CONTRACT, unknown(), NOW.plus(OVERDUE).minusSeconds(1));
        assertThat(desk.unannounced()).isEmpty();

        desk.judged(RUN, Gate.CONTRACT, unknown(), NOW.plus(OVERDUE));
        assertThat(desk.unannounced()).singleElement().satisfies(alert -> {
            assertThat(alert.raised().name()).isEqualTo("LockkeeperInconclusive");
            assertThat(alert.raised().severity()).isEqualTo(Severity.P2);
        });

        desk.judged(RUN, Gate.CONTRACT, passed(), NOW.plus(OVERDUE).plusSeconds(60));
        assertThat(desk.current(NOW.plus(OVERDUE).plusSeconds(61))).noneMatch(Alert::firing);
    }

    @Test
    void whatOnlyTimeBringsWarnsNobody() {
        for (int hour = 0; hour < 24; hour++) {
            desk.judged(RUN, Gate.CONTRACT, judgement(claim().waiting("the soak lasts until tomorrow")),
                    NOW.plus(Duration.ofHours(hour)));
        }

        assertThat(desk.unannounced()).isEmpty();
    }

    @Test
    void gateThatIsLeftResolves() {
        desk.judged(RUN, Gate.CONTRACT, failed("2 rows"), NOW);
        desk.gateLeft(RUN.id(), Gate.CONTRACT, NOW.plusSeconds(1));

        assertThat(desk.current(NOW.plusSeconds(2))).noneMatch(Alert::firing);
    }

    @Test
    void anotherProcessKnowsWhatFires() {
        desk.judged(RUN, Gate.CONTRACT, failed("2 rows"), NOW);
        desk.announced(desk.unannounced().get(0).id(), desk.unannounced().get(0).raisedEvent());
        AlertDesk next = new AlertDesk(store);
        next.load();

        next.judged(RUN, Gate.CONTRACT, failed("2 rows"), NOW.plusSeconds(60));

        assertThat(next.unannounced()).isEmpty();
        assertThat(next.current(NOW.plusSeconds(61))).hasSize(1);
    }

    private static Judgement failed(String measure) {
        return judgement(claim().failed(measure, Optional.empty()));
    }

    private static Judgement passed() {
        return judgement(claim().passed("0 rows", Optional.empty()));
    }

    private static Judgement unknown() {
        return judgement(claim().unknown("not granted"));
    }

    private static Judgement judgement(Finding finding) {
        Finding observed = new Finding.Claim(EvidenceKind.OBSERVATION, "stream", "seen", Severity.P1, "marker",
                "slot").passed("seen", Optional.empty());
        return GateJudge.judge(Gate.CONTRACT, PROFILE, List.of(observed, finding), 0);
    }

    private static Finding.Claim claim() {
        return new Finding.Claim(EvidenceKind.INVARIANTS, "sum", "no row violates it", Severity.P1, "0 rows", "query");
    }

    private static LedgerRun run() {
        Invariant sum = new Invariant("sum", "SELECT 1", Severity.P1, null, Optional.of("customers see wrong sums"),
                Optional.of("checkout team"), Optional.of("the checkout service"));
        Watch watch = new Watch(Optional.empty(), List.of(), List.of(), List.of(sum),
                new Application("shop", Optional.of("1"), "2", Optional.empty(), Optional.empty()), PROFILE);
        Plan plan = new Plan("shop", "shop-2", 180000, "sha256:0", Policy.DEFAULT, List.of(), List.of(), List.of(),
                watch, List.of(), List.of());
        return new LedgerRun("0123456789ab", "shop", "shop-2", "sha256:0", RunState.AWAITING_CONTRACT,
                Optional.empty(), plan, List.of(), List.of(), List.of());
    }

    private static final class Kept implements AlertStore {

        private final Map<String, Alert> kept = new LinkedHashMap<>();

        @Override
        public void save(Alert alert) {
            kept.put(alert.id(), alert);
        }

        @Override
        public List<Alert> recent() {
            return List.copyOf(kept.values());
        }
    }
}
