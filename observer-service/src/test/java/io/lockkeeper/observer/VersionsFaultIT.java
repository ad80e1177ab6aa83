package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict.Decision;

/** Versions of applications come, go and come back. */
@ExtendWith(WatchingParameter.class)
class VersionsFaultIT {

    private final Watching watching;

    VersionsFaultIT(Watching watching) {
        this.watching = watching;
    }

    private void rolledOut(Gate gate, EvidenceKind... kinds) throws SQLException {
        watching.release.claim(false, List.of(), Watching.asking(gate, kinds));
        watching.arm();
        say("DEPLOYED", "shop", "2");
        say("RETIRED", "shop", "1");
        watching.release.open(gate, 1);
    }

    private void say(String kind, String application, String version) throws SQLException {
        watching.release.database().execute("INSERT INTO lockkeeper_observer.application_event (source, id, kind,"
                + " application, version, release, at) VALUES ('/cd', gen_random_uuid()::text, '" + kind + "', '"
                + application + "', '" + version + "', 'shop-2', clock_timestamp())");
    }

    @Test
    void applicationRolledBackInQuarantineIsNoGoAndTheSoakBeginsAnew() throws SQLException {
        rolledOut(Gate.FINALIZE, EvidenceKind.OBSERVATION, EvidenceKind.ROLLOUT, EvidenceKind.OLD_SESSIONS);
        watching.awaitDecision(Gate.FINALIZE, Decision.GO);

        Instant back = Instant.now();
        say("ROLLED_BACK", "shop", "2");
        assertThat(watching.awaitDecision(Gate.FINALIZE, Decision.NO_GO))
                .matches(says("shop 2", Status.FAILED, "rolled back at"))
                .matches(says("shop 1", Status.UNKNOWN, "reported back at"));

        say("DEPLOYED", "shop", "2");
        assertThat(watching.awaitDecision(Gate.FINALIZE, Decision.GO).at()).isAfter(back.plus(TestRelease.SOAK));
    }

    @Test
    void quarantineThatIsLiftedIsJudgedAnewAndNobodyHasAnsweredForAnything() throws SQLException {
        rolledOut(Gate.FINALIZE, EvidenceKind.OBSERVATION, EvidenceKind.ROLLOUT);
        say("ROLLED_BACK", "shop", "2");
        watching.awaitDecision(Gate.FINALIZE, Decision.NO_GO);
        int before = watching.heard.verdicts(Gate.FINALIZE, 1).size();

        watching.release.database().execute("UPDATE lockkeeper.gate SET state = 'CLOSED' WHERE gate = 'finalize'",
                "UPDATE lockkeeper.run SET state = 'LIFTING'");
        await().during(Duration.ofSeconds(1)).atMost(Watching.PATIENCE)
                .until(() -> watching.heard.verdicts(Gate.FINALIZE, 1).size() == before);

        say("DEPLOYED", "shop", "2");
        watching.release.database().execute("UPDATE lockkeeper.run SET state = 'AWAITING_CONTRACT'");
        watching.release.open(Gate.CONTRACT, 2);
        assertThat(watching.awaitDecision(Gate.CONTRACT, 2, Decision.GO).gateAttempt()).isEqualTo(2);
    }

    @Test
    void observerWhoseClockIsWrongOpensNothingAndSaysSo() throws SQLException {
        watching.stopObserver();
        watching.observe(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
        watching.release.claim(false, List.of(), Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION));
        watching.release.open(Gate.ARMED, 1);

        watching.awaitVerdict(Gate.ARMED, says("clocks", Status.UNKNOWN, "s apart"));
        assertThat(watching.heard.verdicts(Gate.ARMED, 1))
                .noneMatch(verdict -> verdict.decision() == Decision.GO);
    }

    @Test
    void applicationRolledBackWhileContractStepsRunIsNoGoOnTheGateThatHasPassed() throws SQLException {
        rolledOut(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.ROLLOUT);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
        watching.release.database()
                .execute("UPDATE lockkeeper.gate SET state = 'PASSED', passed_at = now() WHERE gate = 'contract'");

        say("ROLLED_BACK", "shop", "2");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says("shop 2", Status.FAILED, "rolled back at"));
    }

    @Test
    void applicationRolledBackAfterTheDropIsNoGo() throws SQLException {
        rolledOut(Gate.WATCHED, EvidenceKind.OBSERVATION, EvidenceKind.HEALTH);
        say("ROLLED_BACK", "shop", "2");

        assertThat(watching.awaitDecision(Gate.WATCHED, Decision.NO_GO))
                .matches(says("shop 2", Status.FAILED, "rolled back at"));
    }

    @Test
    void versionsOfAnotherApplicationAreItsOwn() throws SQLException {
        rolledOut(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.ROLLOUT, EvidenceKind.OLD_SESSIONS);
        say("ROLLED_BACK", "billing", "2");
        say("DEPLOYED", "billing", "1");
        try (Connection billing = watching.release.connectAs("billing/1")) {
            watching.awaitDecision(Gate.CONTRACT, Decision.GO);
            assertThat(billing.isValid(1)).isTrue();
        }
    }

    @Test
    void sessionsOfTheOldVersionAreToldByTheirApplicationNames() throws SQLException {
        watching.release.claim(false,
                TestWatch.of(Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.OLD_SESSIONS))
                        .oldSessions("shop/1%"));
        watching.arm();
        try (Connection one = watching.release.connectAs("shop/1.4");
                Connection two = watching.release.connectAs("shop/1.5");
                Connection three = watching.release.connectAs("shop/1.5");
                Connection current = watching.release.connectAs("shop/2")) {
            watching.release.open(Gate.CONTRACT, 1);

            watching.awaitVerdict(Gate.CONTRACT, says("shop 1", Status.UNKNOWN,
                    "3 sessions of the old version: shop/1.4 (1), shop/1.5 (2)"));
            assertThat(List.of(one, two, three, current)).allSatisfy(session -> session.isValid(1));
        }
    }
}
