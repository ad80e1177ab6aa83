package io.lockkeeper.executor.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.lockkeeper.executor.throttle.Hooks;
import io.lockkeeper.messages.MessageJson;

/**
 * Asks addresses: for a number as text, or for a query of Prometheus, whose greatest value counts. Each is asked again while
 * somebody reads, at most once a second.
 */
public final class HttpHooks implements Hooks {

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    /** An older value says nothing of now. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private record Reading(double value, Instant at) {}

    private final Map<String, URI> addresses;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER).build();
    private final Map<String, Instant> asked = new ConcurrentHashMap<>();
    private final Map<String, Reading> latest = new ConcurrentHashMap<>();

    public HttpHooks(Map<String, URI> addresses) {
        this.addresses = Map.copyOf(addresses);
    }

    @Override
    public Set<String> names() {
        return addresses.keySet();
    }

    @Override
    public Map<String, Double> read() {
        Instant now = Instant.now();
        addresses.forEach((name, address) -> asked.compute(name, (same, before) -> {
            if (before != null && now.isBefore(before.plus(EVERY))) {
                return before;
            }
            ask(name, address);
            return now;
        }));
        Map<String, Double> values = new HashMap<>();
        latest.forEach((name, reading) -> {
            if (now.isBefore(reading.at.plus(FRESH))) {
                values.put(name, reading.value);
            }
        });
        return values;
    }

    @Override
    public Map<String, Double> ask() {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        addresses.forEach((name, address) -> answers.add(ask(name, address)));
        answers.forEach(CompletableFuture::join);
        return read();
    }

    /** What does not answer keeps no value: the throttle counts how long it has been missing. */
    private CompletableFuture<Void> ask(String name, URI address) {
        return client.sendAsync(HttpRequest.newBuilder(address).timeout(ANSWER).build(),
                HttpResponse.BodyHandlers.ofString()).handle((response, failure) -> {
                    if (failure == null && response.statusCode() == 200) {
                        value(response.body()).ifPresent(value -> latest.put(name, new Reading(value, Instant.now())));
                    }
                    return null;
                });
    }

    static OptionalDouble value(String body) {
        try {
            JsonNode answer = MessageJson.mapper().readTree(body);
            if (answer.isNumber()) {
                return OptionalDouble.of(answer.asDouble());
            }
            // {"data":{"result":[{"value":[<time>,"0.7"]}]}}, or {"data":{"result":[<time>,"0.7"]}} of a scalar
            JsonNode result = answer.path("data").path("result");
            return StreamSupport.stream(result.spliterator(), false)
                    .map(each -> each.has("value") ? each.path("value").path(1) : each).filter(JsonNode::isTextual)
                    .mapToDouble(each -> Double.parseDouble(each.asText())).filter(Double::isFinite).max();
        } catch (JsonProcessingException | NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }
}
