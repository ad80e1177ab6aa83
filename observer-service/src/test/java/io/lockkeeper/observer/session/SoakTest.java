package io.lockkeeper.observer.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.SessionSelector;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;

class SoakTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration GAP = Duration.ofSeconds(10);
    private static final Duration REQUIRED = Duration.ofSeconds(60);
    private static final Application SHOP = new Application("shop", Optional.of("1"), "2",
            Optional.of(new SessionSelector(SessionSelector.By.APPLICATION_NAME, "shop/1")), Optional.empty());

    @Test
    void lastsWhileSomebodyLooksAndNobodyIsSeen() {
        Soak soak = looked(0, 0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60);

        assertThat(judge(soak, 60, Gate.CONTRACT).passed()).isTrue();
        assertThat(judge(looked(0, 0, 5, 10), 10, Gate.CONTRACT).waiting()).isTrue();
    }

    @Test
    void anyCallerRestartsIt() {
        Soak soak = looked(0, 0, 5, 10).look(seen(1), START.plusSeconds(15), GAP).look(seen(0), START.plusSeconds(20),
                GAP);

        assertThat(soak.since()).isEqualTo(START.plusSeconds(15));
        assertThat(soak.lastSeen()).contains(START.plusSeconds(15));
    }

    @Test
    void timeInWhichNobodyLookedRestartsIt() {
        Soak soak = looked(0, 0, 5, 10).look(seen(0), START.plusSeconds(61), GAP);

        assertThat(soak.since()).isEqualTo(START.plusSeconds(61));
    }

    @Test
    void wordThatTheOldVersionServesAgainRestartsIt() {
        Soak soak = looked(0, 0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60);

        Finding finding = judge(soak, 60, Gate.CONTRACT, Optional.of(START.plusSeconds(20)));

        assertThat(finding.waiting()).isTrue();
        assertThat(finding.evidence().measure()).contains("reported back at 2026-01-01T00:00:20Z",
                "lasts until 2026-01-01T00:01:20Z");
        assertThat(judge(soak, 60, Gate.CONTRACT, Optional.of(START.minusSeconds(5))).passed()).isTrue();
    }

    @Test
    void lookThatIsOldSaysNothingAboutNow() {
        Soak soak = looked(0, 0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60);

        assertThat(judge(soak, 80, Gate.CONTRACT).passed()).isFalse();
        assertThat(judge(soak, 80, Gate.CONTRACT).evidence().status()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void oldSessionsAreWaitedForUntilSomethingWasTakenAway() {
        Soak soak = looked(2, 0);

        assertThat(judge(soak, 0, Gate.CONTRACT).waiting()).isTrue();
        assertThat(judge(soak, 0, Gate.FINALIZE).violation()).isTrue();
        assertThat(judge(soak, 0, Gate.FINALIZE).evidence().severity()).isEqualTo(Severity.P1);
    }

    @Test
    void nobodyWhoCanTellIsUnknown() {
        Application silent = new Application("shop", Optional.of("1"), "2", Optional.empty(), Optional.empty());
        Finding finding = OldSessions.judge(silent, Gate.CONTRACT, REQUIRED, Optional.empty(), Optional.empty(),
                Optional.empty(), START,
                GAP);

        assertThat(finding.evidence().status()).isEqualTo(Status.UNKNOWN);
        assertThat(finding.waiting()).isFalse();
        assertThat(OldSessions.judge(SHOP, Gate.CONTRACT, REQUIRED, Optional.of(looked(0, 0)),
                Optional.of("not granted"), Optional.empty(), START, GAP).evidence().measure())
                .isEqualTo("not granted");
    }

    @Test
    void firstReleaseHasNoOldVersion() {
        Application first = new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty());

        assertThat(OldSessions
                .judge(first, Gate.CONTRACT, REQUIRED, Optional.empty(), Optional.empty(), Optional.empty(), START, GAP)
                .passed()).isTrue();
    }

    private static Finding judge(Soak soak, int second, Gate gate) {
        return judge(soak, second, gate, Optional.empty());
    }

    private static Finding judge(Soak soak, int second, Gate gate, Optional<Instant> turnedBack) {
        return OldSessions.judge(SHOP, gate, REQUIRED, Optional.of(soak), Optional.empty(), turnedBack,
                START.plusSeconds(second),
                GAP);
    }

    private static SessionCount.Sessions seen(int sessions) {
        return new SessionCount.Sessions(sessions == 0 ? Map.of() : Map.of("shop/1", sessions));
    }

    private static Soak looked(int sessions, int... seconds) {
        Soak soak = Soak.begin(START);
        for (int second : seconds) {
            soak = soak.look(seen(sessions), START.plusSeconds(second), GAP);
        }
        return soak;
    }
}
