package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.observer.config.Outside;

/** Keys that nobody outside may read. */
@ExtendWith(WatchingParameter.class)
class SensitiveKeysIT {

    private static final String HASH = "sha256:" + Hash.sha256("4711").substring(0, 16);

    private static final Pattern CLEAR = Pattern.compile("id\\W{1,5}4711\\b");

    private final Watching watching;

    SensitiveKeysIT(Watching watching) {
        this.watching = watching;
        watching.stopObserver();
        watching.observe(new Outside(Optional.empty(), List.of(), List.of("public.orders.id")));
    }

    @Test
    void keysOfSensitiveColumnsLeaveHashedWhateverProofNamesThem() throws SQLException {
        watching.release.database().execute("CREATE TABLE totals (id bigint PRIMARY KEY, total numeric)",
                "INSERT INTO totals SELECT id, total FROM orders");
        watching.release.claim(true, TestWatch.of(Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION,
                EvidenceKind.PARITY, EvidenceKind.INVARIANTS)).rules(List.of(
                        new RowRule("rule", TestRelease.ORDERS,
                                "double(after.total) < 900000.0", Severity.P1, Optional.empty(), Optional.empty(),
                                Optional.empty())))
                .copies(new Copy("copy", "SELECT id, total FROM orders", "TABLE totals", List.of("id"), Severity.P1,
                        Duration.ofSeconds(5), Optional.empty(), Optional.empty(), Optional.empty())));
        watching.arm();
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        watching.release.behindTheTrigger("UPDATE orders SET total = 1000000 WHERE id = 4711");

        Verdict noGo = watching.awaitVerdict(Gate.CONTRACT, says("copy", Status.FAILED, HASH));
        assertThat(noGo).matches(says("orders.total", Status.FAILED, HASH)).matches(says("rule", Status.FAILED, HASH));
        assertThat(watching.heard.all()).noneMatch(event -> CLEAR.matcher(CloudEvents.value(event.message())).find());
    }
}
