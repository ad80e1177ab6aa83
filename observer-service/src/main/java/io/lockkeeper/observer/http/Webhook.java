package io.lockkeeper.observer.http;

import java.net.URI;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.lockkeeper.observer.alert.Alert;
import io.lockkeeper.observer.alert.Pager;

/**
 * A receiver that keeps what it was told, and is told of each change once: when an alert fires and when it is resolved.
 * After a restart it hears of the firing ones once more.
 */
public final class Webhook implements Pager {

    /** How a receiver wants an alert. */
    public interface Shape {

        Object body(Alert alert, Links links);
    }

    /** Where people go on reading. */
    public record Links(URI page, URI runbook) {}

    private final Supplier<URI> address;
    private final Shape shape;
    private final URI page;
    private final URI runbooks;
    private final JsonPost post;
    private Set<String> told = Set.of();

    /** @param address read at each use: it may be a secret that is rotated */
    public Webhook(String receiver, Supplier<URI> address, Shape shape, URI page, URI runbooks) {
        this.address = address;
        this.shape = shape;
        this.page = page;
        this.runbooks = runbooks;
        this.post = new JsonPost(receiver);
    }

    @Override
    public boolean page(List<Alert> alerts, Instant now) {
        Set<String> current = alerts.stream().map(Webhook::event).collect(Collectors.toSet());
        Set<String> known = new HashSet<>(told);
        known.retainAll(current);
        for (Alert alert : alerts) {
            Links links = new Links(page.resolve("?run=" + alert.raised().run()),
                    runbooks.resolve(alert.raised().runbook()));
            if (!known.contains(event(alert)) && post.post(address.get(), shape.body(alert, links))) {
                known.add(event(alert));
            }
        }
        told = known;
        return told.equals(current);
    }

    private static String event(Alert alert) {
        return alert.firing() ? alert.raisedEvent() : alert.resolvedEvent();
    }
}
