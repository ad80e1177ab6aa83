package io.lockkeeper.observer.http;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.alert.Alert;
import io.lockkeeper.observer.alert.AlertName;
import io.lockkeeper.observer.alert.Pager;

/**
 * Alertmanager's v2 API. Labels are the alert's identity and never carry what was measured, or each measure would be an
 * alert of its own; measures go into annotations.
 */
public final class Alertmanager implements Pager {

    /** An Alertmanager that hears nothing for this long resolves the alert by itself. */
    private static final Duration FIRES_FOR = Duration.ofMinutes(3);

    private final URI alerts;
    private final URI page;
    private final URI runbooks;
    private final JsonPost post = new JsonPost("Alertmanager");

    /** @param alertmanager base URL; {@code page} and {@code runbooks} are what people follow */
    public Alertmanager(URI alertmanager, URI page, URI runbooks) {
        String base = alertmanager.toString();
        this.alerts = URI.create((base.endsWith("/") ? base : base + "/") + "api/v2/alerts");
        this.page = page;
        this.runbooks = runbooks;
    }

    @Override
    public boolean page(List<Alert> current, Instant now) {
        return post.post(alerts, current.stream().map(alert -> posted(alert, now)).toList());
    }

    /** Fires as long as this is called; somebody outside pages when it does not. */
    public boolean watchdog(Instant now) {
        Map<String, Object> posted = new LinkedHashMap<>();
        posted.put("labels", Map.of("alertname", AlertName.WATCHDOG.text(), "severity", "none"));
        posted.put("annotations", Map.of("summary", "Lockkeeper's observer makes its rounds of all targets", "impact",
                "none while it fires", "runbook_url", runbooks.resolve(AlertName.WATCHDOG.runbook()).toString()));
        posted.put("endsAt", now.plus(FIRES_FOR));
        posted.put("generatorURL", page.toString());
        return post.post(alerts, List.of(posted));
    }

    private Map<String, Object> posted(Alert alert, Instant now) {
        AlertRaised raised = alert.raised();
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("alertname", raised.name());
        labels.put("severity", severity(raised.severity()));
        labels.put("target", raised.target());
        labels.put("release", raised.release());
        labels.put("run", raised.run());
        labels.put("alert", raised.alert());

        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("summary", raised.summary());
        annotations.put("description", raised.nextAction());
        annotations.put("impact", raised.impact());
        if (!raised.owners().isEmpty()) {
            annotations.put("owner", String.join(", ", raised.owners()));
        }
        annotations.put("already_done", raised.alreadyDone());
        annotations.put("safe_to_wait", raised.safeToWait() ? "yes" : "no");
        annotations.put("evidence", raised.evidence().stream()
                .map(item -> item.subject() + ": " + item.measure() + " (limit " + item.limit() + ", from "
                        + item.source() + ")")
                .collect(Collectors.joining("\n")));
        annotations.put("runbook_url", runbooks.resolve(raised.runbook()).toString());
        annotations.put("dashboard_url", page.resolve("?run=" + raised.run()).toString());

        Map<String, Object> posted = new LinkedHashMap<>();
        posted.put("labels", labels);
        posted.put("annotations", annotations);
        posted.put("startsAt", raised.at());
        posted.put("endsAt", alert.resolvedAt().orElse(now.plus(FIRES_FOR)));
        posted.put("generatorURL", page.resolve("?run=" + raised.run()).toString());
        return posted;
    }

    private static String severity(Severity severity) {
        return switch (severity) {
            case P0, P1 -> "critical";
            case P2 -> "warning";
            case P3 -> "info";
        };
    }
}
