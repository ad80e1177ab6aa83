package io.lockkeeper.executor.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import io.lockkeeper.executor.preflight.AlertPath;

/** Alive where the address answers with success. */
public final class HttpAlertPath implements AlertPath {

    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final URI address;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER).build();

    public HttpAlertPath(URI address) {
        this.address = address;
    }

    @Override
    public State look() {
        try {
            int status = client.send(HttpRequest.newBuilder(address).timeout(ANSWER).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode();
            return status / 100 == 2 ? State.ALIVE : State.DEAD;
        } catch (IOException e) {
            return State.DEAD;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return State.UNKNOWN;
        }
    }
}
