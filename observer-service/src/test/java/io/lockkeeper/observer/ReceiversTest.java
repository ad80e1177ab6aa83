package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.AlertEvent.AlertResolved;
import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.alert.Alert;
import io.lockkeeper.observer.http.Shapes;
import io.lockkeeper.observer.http.Webhook;

class ReceiversTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final URI PAGE = URI.create("http://observer.example/");
    private static final URI RUNBOOKS = URI.create("https://runbooks.example/");

    @Test
    void slackHearsOfEachChangeOnce() throws Exception {
        try (ReceivedAlerts slack = new ReceivedAlerts()) {
            Webhook webhook = new Webhook("Slack", slack::url, Shapes::slack, PAGE, RUNBOOKS);

            assertThat(webhook.page(List.of(firing()), NOW)).isTrue();
            assertThat(webhook.page(List.of(firing()), NOW.plusSeconds(30))).isTrue();
            assertThat(webhook.page(List.of(resolved()), NOW.plusSeconds(60))).isTrue();

            assertThat(slack.received()).hasSize(2);
            String text = slack.received().get(0).at("/blocks/0/text/text").asText();
            assertThat(text).contains("*P1* NO_GO", "customers see wrong sums", "sum: 2 rows (limit 0 &lt; rows)",
                    "checkout team", "do not wait", "<https://runbooks.example/LockkeeperNoGo.md|Runbook>",
                    "<http://observer.example/?run=0123456789ab|Run>");
            assertThat(slack.received().get(1).at("/blocks/0/text/text").asText()).contains("*Resolved*",
                    "what failed has passed");
        }
    }

    @Test
    void pagerDutyOpensAndResolvesOneIncident() throws Exception {
        try (ReceivedAlerts pagerDuty = new ReceivedAlerts()) {
            Webhook webhook = new Webhook("PagerDuty", pagerDuty::url, Shapes.pagerDuty(() -> "key"), PAGE, RUNBOOKS);
            webhook.page(List.of(firing()), NOW);
            webhook.page(List.of(resolved()), NOW);

            JsonNode opened = pagerDuty.received().get(0);
            JsonNode closed = pagerDuty.received().get(1);
            assertThat(opened.get("event_action").asText()).isEqualTo("trigger");
            assertThat(opened.get("routing_key").asText()).isEqualTo("key");
            assertThat(opened.at("/payload/severity").asText()).isEqualTo("critical");
            assertThat(opened.at("/payload/source").asText()).isEqualTo("shop");
            assertThat(opened.at("/payload/timestamp").asText()).isEqualTo("2026-01-01T00:00:00Z");
            assertThat(opened.at("/payload/custom_details/impact").asText()).isEqualTo("customers see wrong sums");
            assertThat(closed.get("event_action").asText()).isEqualTo("resolve");
            assertThat(closed.get("dedup_key")).isEqualTo(opened.get("dedup_key"));
        }
    }

    @Test
    void whatAReceiverDidNotTakeItIsToldAgain() throws Exception {
        try (ReceivedAlerts slack = new ReceivedAlerts()) {
            Webhook webhook = new Webhook("Slack", slack::url, Shapes::slack, PAGE, RUNBOOKS);
            slack.take(false);
            assertThat(webhook.page(List.of(firing()), NOW)).isFalse();
            slack.take(true);

            assertThat(webhook.page(List.of(firing()), NOW)).isTrue();
            assertThat(slack.received()).hasSize(1);
        }
    }

    @Test
    void watchdogFiresAtAlertmanagerForAWhileAfterEachWord() throws Exception {
        try (ReceivedAlerts alertmanager = new ReceivedAlerts()) {
            assertThat(alertmanager.pager().watchdog(NOW)).isTrue();

            JsonNode posted = alertmanager.received().get(0).get(0);
            assertThat(posted.at("/labels/alertname").asText()).isEqualTo("LockkeeperWatchdog");
            assertThat(posted.at("/annotations/runbook_url").asText())
                    .isEqualTo("https://runbooks.example/LockkeeperWatchdog.md");
            assertThat(Instant.parse(posted.get("endsAt").asText())).isEqualTo(NOW.plusSeconds(180));
        }
    }

    private static Alert firing() {
        Evidence evidence = new Evidence(EvidenceKind.INVARIANTS, "sum", "no row violates it", Evidence.Status.FAILED,
                Severity.P1, "2 rows", "0 < rows", "query", Optional.empty());
        AlertRaised raised = new AlertRaised("shop", "shop-2", "0123456789ab", "0123456789ab/contract/LockkeeperNoGo",
                "LockkeeperNoGo", Severity.P1, "NO_GO at gate contract", "customers see wrong sums", List.of(evidence),
                "Kept gate contract closed", "Look at the evidence", false, "LockkeeperNoGo.md", NOW,
                List.of("checkout team"));
        return new Alert(1, raised, Optional.empty(), true, false);
    }

    private static Alert resolved() {
        AlertRaised raised = firing().raised();
        return new Alert(1, raised, Optional.of(new AlertResolved("shop", "shop-2", raised.run(), raised.alert(),
                raised.name(), "what failed has passed", NOW)), true, false);
    }
}
