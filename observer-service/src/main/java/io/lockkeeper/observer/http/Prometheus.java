package io.lockkeeper.observer.http;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.observer.invariant.GaugeReader;

/** Gauges in PromQL, by the instant query of Prometheus' HTTP API; one sample is a number, none and many are not. */
public final class Prometheus implements GaugeReader {

    private final Optional<URI> base;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** @param base empty where none is configured */
    public Prometheus(Optional<URI> base) {
        this.base = base.map(url -> url.toString().endsWith("/") ? url : URI.create(url + "/"));
    }

    @Override
    public Reading read(Gauge gauge) {
        if (base.isEmpty()) {
            return new Unreadable("no Prometheus is configured: set lockkeeper.prometheus.url");
        }
        URI query = base.get().resolve("api/v1/query?query=" + URLEncoder.encode(gauge.sql(), StandardCharsets.UTF_8));
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(query).timeout(gauge.timeout()).GET().build(), BodyHandlers.ofString());
            return reading(response.statusCode(), response.body());
        } catch (IOException e) {
            return new Unreadable("Prometheus does not answer: " + e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unreadable("the observer is stopping");
        }
    }

    private static Reading reading(int status, String body) {
        JsonNode answer;
        try {
            answer = MessageJson.mapper().readTree(body);
        } catch (JsonProcessingException e) {
            return new Unreadable("Prometheus answers with status " + status + " and no JSON");
        }
        if (!answer.path("status").asText().equals("success")) {
            return new Unreadable(
                    "Prometheus refuses the query, " + answer.path("errorType").asText("status " + status));
        }
        JsonNode data = answer.path("data");
        JsonNode result = data.path("result");
        return switch (data.path("resultType").asText()) {
            case "scalar" -> value(result);
            case "vector" -> result.size() == 1
                    ? value(result.get(0).path("value"))
                    : new Unreadable("the query returns " + result.size() + " samples, not one");
            default -> new Unreadable("the query returns no number");
        };
    }

    private static Reading value(JsonNode sample) {
        try {
            return new Value(new BigDecimal(sample.path(1).asText()));
        } catch (NumberFormatException e) {
            return new Unreadable("the query returns what is no finite number");
        }
    }
}
