package io.lockkeeper.observer.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.jboss.logging.Logger;

import io.lockkeeper.messages.MessageJson;

/** Posts JSON to one receiver, and says once when it stops taking it and once when it takes it again. */
final class JsonPost {

    private static final Logger LOG = Logger.getLogger(JsonPost.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final String receiver;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private boolean failing;

    /** @param receiver for the log: an address may be a secret */
    JsonPost(String receiver) {
        this.receiver = receiver;
    }

    /** @return whether it was taken */
    boolean post(URI address, Object body) {
        try {
            HttpResponse<Void> response = client.send(
                    HttpRequest.newBuilder(address).timeout(TIMEOUT).header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(MessageJson.mapper().writeValueAsString(body)))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            boolean taken = response.statusCode() / 100 == 2;
            report(taken, "status " + response.statusCode());
            return taken;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write an alert as JSON", e);
        } catch (IOException e) {
            report(false, e.getClass().getSimpleName());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized void report(boolean taken, String answer) {
        if (taken == failing) {
            if (taken) {
                LOG.infof("alerts are taken again receiver=%s", receiver);
            } else {
                LOG.warnf("alerts are not taken, they are said again receiver=%s answer=%s", receiver, answer);
            }
            failing = !taken;
        }
    }
}
