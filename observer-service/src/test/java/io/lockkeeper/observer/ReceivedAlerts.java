package io.lockkeeper.observer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;

import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.observer.alert.Pager;
import io.lockkeeper.observer.http.Alertmanager;

/** An Alertmanager that only takes alerts. */
final class ReceivedAlerts implements AutoCloseable {

    private final HttpServer server;
    private final List<JsonNode> received = new CopyOnWriteArrayList<>();

    ReceivedAlerts() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v2/alerts", exchange -> {
            received.add(MessageJson.mapper().readTree(exchange.getRequestBody()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    Pager pager() {
        return new Alertmanager(url(), URI.create("http://127.0.0.1:8080/"),
                URI.create("https://runbooks.example/"));
    }

    List<JsonNode> received() {
        return received;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
