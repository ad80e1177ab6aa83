package io.lockkeeper.observer.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.lockkeeper.observer.alert.Pager;
import io.lockkeeper.observer.http.Alertmanager;
import io.lockkeeper.observer.http.Shapes;
import io.lockkeeper.observer.http.Webhook;
import io.lockkeeper.target.Credential;

/** Who hears of alerts beside the topic: nobody, unless the configuration names them. */
@ApplicationScoped
public class Receivers {

    private final Optional<Alertmanager> alertmanager;
    private final List<Pager> all = new ArrayList<>();

    /**
     * @param slack       where its webhook's address is found, {@code env:NAME} or {@code file:/path}: who has it may write
     * @param pagerDuty   where its routing key is found
     * @param pagerDutyTo address of its Events API
     */
    Receivers(Settings settings, @ConfigProperty(name = "lockkeeper.alertmanager.url") Optional<URI> alertmanager,
            @ConfigProperty(name = "lockkeeper.slack.webhook") Optional<String> slack,
            @ConfigProperty(name = "lockkeeper.pagerduty.routing-key") Optional<String> pagerDuty,
            @ConfigProperty(name = "lockkeeper.pagerduty.url", defaultValue = "https://events.pagerduty.com/v2/enqueue") URI pagerDutyTo) {
        this.alertmanager = alertmanager.map(url -> new Alertmanager(url, settings.page(), settings.runbooks()));
        this.alertmanager.ifPresent(all::add);
        slack.map(reference -> new Credential("the Slack webhook", Optional.of(reference)))
                .ifPresent(secret -> all.add(new Webhook("Slack",
                        () -> URI.create(secret.readPassword().orElseThrow()), Shapes::slack, settings.page(),
                        settings.runbooks())));
        pagerDuty.map(reference -> new Credential("PagerDuty", Optional.of(reference)))
                .ifPresent(secret -> all.add(new Webhook("PagerDuty", () -> pagerDutyTo,
                        Shapes.pagerDuty(() -> secret.readPassword().orElseThrow()), settings.page(),
                        settings.runbooks())));
    }

    Optional<Alertmanager> alertmanager() {
        return alertmanager;
    }

    List<Pager> all() {
        return all;
    }
}
