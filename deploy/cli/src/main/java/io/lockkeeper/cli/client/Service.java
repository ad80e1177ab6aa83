package io.lockkeeper.cli.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.messages.MessageJson;

/**
 * One service over HTTP. Failures are {@link CommandFailure}s: unreachable where nobody answers or the service is not
 * well, refused where it says no.
 */
public final class Service {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();

    private final String name;
    private final URI base;
    private final Optional<String> token;

    Service(String name, URI base, Optional<String> token) {
        this.name = name;
        this.base = base;
        this.token = token;
    }

    /** @param body missing where there was none, or no JSON */
    public record Answer(int status, JsonNode body) {

        public boolean ok() {
            return status / 100 == 2;
        }

        /** {@code {"code","message"}} of an error, as one line. */
        public String message() {
            String code = body.path("code").asText("");
            String message = body.path("message").asText("");
            return code.isEmpty() && message.isEmpty() ? "HTTP " + status : message + " (" + code + ")";
        }
    }

    public URI base() {
        return base;
    }

    /** Any answer that is not an error, or 404. */
    public Answer get(String path) {
        return send(request(path).GET());
    }

    /** @param id of the event, where the caller names one; else the service derives it from the body */
    public Answer post(String path, Object body, Optional<String> id) {
        try {
            HttpRequest.Builder request = request(path)
                    .POST(BodyPublishers.ofString(MessageJson.mapper().writeValueAsString(body)))
                    .header("content-type", "application/json");
            id.ifPresent(value -> request.header("ce-id", value));
            return send(request);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + body.getClass().getSimpleName(), e);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT)
                .header("accept", "application/json");
        token.ifPresent(secret -> request.header("authorization", "Bearer " + secret));
        return request;
    }

    private Answer send(HttpRequest.Builder request) {
        HttpResponse<String> response;
        try {
            response = HTTP.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (ConnectException e) {
            throw unreachable("nobody answers there", e);
        } catch (HttpTimeoutException e) {
            throw unreachable("no answer within " + TIMEOUT.toSeconds() + " s", e);
        } catch (IOException e) {
            throw unreachable(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable("interrupted", e);
        }
        Answer answer = new Answer(response.statusCode(), json(response.body()));
        if (answer.status() == 401 || answer.status() == 403) {
            throw new CommandFailure(ExitCode.REFUSED, "the " + name + " at " + base
                    + " does not know this token: name the home it runs with (--home DIR or LOCKKEEPER_HOME)");
        }
        if (answer.status() >= 500) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "the " + name + " at " + base + " is not well: "
                    + answer.message() + ". Look into its log");
        }
        return answer;
    }

    private CommandFailure unreachable(String why, Exception cause) {
        return new CommandFailure(ExitCode.UNREACHABLE, "the " + name + " at " + base + " is not reachable: " + why
                + ". Is it running? `lockkeeper up` starts it; --" + name + " URL names another address", cause);
    }

    private static JsonNode json(String text) {
        try {
            return text == null || text.isBlank()
                    ? MissingNode.getInstance()
                    : MessageJson.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** For one segment of a path or one value of a query. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
