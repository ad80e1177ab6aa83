package io.lockkeeper.observer.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.alert.Alert;

/** What chat and paging services take. */
public final class Shapes {

    /** Slack cuts longer texts. */
    private static final int SLACK_TEXT = 2900;

    private Shapes() {}

    /** An incoming webhook of Slack, or of what takes the same: one message, with a text for notifications. */
    public static Object slack(Alert alert, Webhook.Links links) {
        AlertRaised raised = alert.raised();
        String text = alert.resolved().map(resolved -> "*Resolved* " + escaped(raised.summary()) + "\n"
                + escaped(resolved.reason()))
                .orElseGet(() -> "*" + raised.severity() + "* " + escaped(raised.summary()) + "\n*Impact* "
                        + escaped(raised.impact()) + "\n" + evidence(raised) + "*Already done* "
                        + escaped(raised.alreadyDone()) + "\n*Next* " + escaped(raised.nextAction())
                        + (raised.safeToWait() ? " (it is safe to wait)" : " (do not wait)") + owners(raised));
        String linked = limited(text) + "\n<" + links.runbook() + "|Runbook>  <" + links.page() + "|Run>";
        return Map.of("text", limited(escaped(raised.summary())), "blocks", List.of(
                Map.of("type", "section", "text", Map.of("type", "mrkdwn", "text", linked))));
    }

    /** PagerDuty's Events API v2: one incident for each alert, opened and resolved by the same key. */
    public static Webhook.Shape pagerDuty(Supplier<String> routingKey) {
        return (alert, links) -> {
            AlertRaised raised = alert.raised();
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("routing_key", routingKey.get());
            event.put("event_action", alert.firing() ? "trigger" : "resolve");
            event.put("dedup_key", raised.alert());
            if (alert.firing()) {
                Map<String, Object> details = new LinkedHashMap<>();
                details.put("impact", raised.impact());
                details.put("evidence", raised.evidence().stream()
                        .map(item -> item.subject() + ": " + item.measure() + " (limit " + item.limit() + ")")
                        .toList());
                details.put("already_done", raised.alreadyDone());
                details.put("next_action", raised.nextAction());
                details.put("safe_to_wait", raised.safeToWait() ? "yes" : "no");
                details.put("owner", String.join(", ", raised.owners()));
                event.put("payload", Map.of("summary", raised.summary(), "source", raised.target(), "severity",
                        severity(raised.severity()), "timestamp", raised.at(), "component", raised.release(), "class",
                        raised.name(), "custom_details", details));
                event.put("links", List.of(Map.of("href", links.runbook().toString(), "text", "Runbook"),
                        Map.of("href", links.page().toString(), "text", "Run")));
            }
            return event;
        };
    }

    private static String evidence(AlertRaised raised) {
        return raised.evidence().stream()
                .map(item -> "• " + escaped(item.subject() + ": " + item.measure() + " (limit " + item.limit() + ")")
                        + "\n")
                .collect(Collectors.joining());
    }

    private static String owners(AlertRaised raised) {
        return raised.owners().isEmpty() ? "" : "\n*Owner* " + escaped(String.join(", ", raised.owners()));
    }

    /** Names that a team chose must not become mentions or links. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String limited(String text) {
        return text.length() <= SLACK_TEXT ? text : text.substring(0, SLACK_TEXT) + "…";
    }

    private static String severity(Severity severity) {
        return switch (severity) {
            case P0, P1 -> "critical";
            case P2 -> "warning";
            case P3 -> "info";
        };
    }
}
