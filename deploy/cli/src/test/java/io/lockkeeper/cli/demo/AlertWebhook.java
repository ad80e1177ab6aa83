package io.lockkeeper.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.lockkeeper.messages.MessageJson;

/** Takes alerts as an Alertmanager does, and remembers them. */
final class AlertWebhook implements AutoCloseable {

    private final HttpServer server;
    private final List<JsonNode> alerts = new ArrayList<>();

    AlertWebhook() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        JsonNode body = MessageJson.mapper().readTree(exchange.getRequestBody());
        synchronized (alerts) {
            body.forEach(alerts::add);
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    /** All alerts that mention the target, oldest first; the same one comes again while it fires. */
    List<JsonNode> about(String target) {
        synchronized (alerts) {
            return alerts.stream().filter(alert -> alert.path("labels").toString().contains("\"" + target + "\""))
                    .toList();
        }
    }

    boolean firing(String target) {
        return about(target).stream().anyMatch(alert -> !ended(alert));
    }

    /** Whether the last word on the target is that it is over. */
    boolean resolved(String target) {
        List<JsonNode> all = about(target);
        return !all.isEmpty() && ended(all.get(all.size() - 1));
    }

    private static boolean ended(JsonNode alert) {
        String endsAt = alert.path("endsAt").asText("");
        return !endsAt.isEmpty() && !Instant.parse(endsAt).isAfter(Instant.now());
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
