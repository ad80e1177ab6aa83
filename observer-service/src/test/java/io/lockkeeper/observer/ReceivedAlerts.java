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
import io.lockkeeper.observer.http.Alertmanager;

/** Takes what an Alertmanager, a chat or a paging service is sent, or does not. */
final class ReceivedAlerts implements AutoCloseable {

    private final HttpServer server;
    private final List<JsonNode> received = new CopyOnWriteArrayList<>();
    private volatile boolean taking = true;

    ReceivedAlerts() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            JsonNode body = MessageJson.mapper().readTree(exchange.getRequestBody());
            if (taking) {
                received.add(body);
            }
            exchange.sendResponseHeaders(taking ? 200 : 503, -1);
            exchange.close();
        });
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void take(boolean now) {
        taking = now;
    }

    Alertmanager pager() {
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
