package io.lockkeeper.observer.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.lockkeeper.messages.Probe;
import io.lockkeeper.observer.invariant.Prober;

/**
 * A release names the addresses, so whoever may request one could have anything in this service's network asked: only
 * origins that the configuration allows are, redirects are not followed, and nothing of an answer is told.
 */
public final class HttpProber implements Prober {

    private static final int READ = 64 << 10;

    private final List<URI> allowed;
    private final HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

    private record Answer(int status, String beginning) {}

    /** @param allowed origins: {@code http://shop.example:8080} */
    public HttpProber(List<URI> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    @Override
    public Result ask(Probe probe) {
        URI address = URI.create(probe.url());
        if (allowed.stream().map(HttpProber::origin).noneMatch(origin(address)::equals)) {
            return new Unasked("this observer may not ask " + origin(address)
                    + ": add it to lockkeeper.probes.allowed, or take the probe out of the release");
        }
        long begun = System.nanoTime();
        CompletableFuture<Answer> asked = client
                .sendAsync(HttpRequest.newBuilder(address).GET().build(), BodyHandlers.ofInputStream())
                .thenApply(response -> new Answer(response.statusCode(), beginning(response.body())));
        try {
            Answer answer = asked.get(probe.within().toNanos(), TimeUnit.NANOSECONDS);
            return new Answered(answer.status(), Duration.ofNanos(System.nanoTime() - begun).toMillis(),
                    shortcoming(probe, answer));
        } catch (TimeoutException e) {
            asked.cancel(true);
            return new Silent("no answer within " + probe.within().toMillis() + " ms");
        } catch (ExecutionException e) {
            return new Silent("no answer: " + e.getCause().getClass().getSimpleName());
        } catch (InterruptedException e) {
            asked.cancel(true);
            Thread.currentThread().interrupt();
            return new Unasked("the observer is stopping");
        }
    }

    private static Optional<String> shortcoming(Probe probe, Answer answer) {
        if (probe.status().map(wanted -> wanted != answer.status()).orElse(answer.status() / 100 != 2)) {
            return Optional.of("another status was asked for");
        }
        return probe.contains().filter(words -> !answer.beginning().contains(words)).isPresent()
                ? Optional.of("the words stated are not in it")
                : Optional.empty();
    }

    private static String beginning(InputStream body) {
        try (body) {
            return new String(body.readNBytes(READ), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Scheme, host and port. */
    private static String origin(URI address) {
        int standard = "https".equals(address.getScheme()) ? 443 : 80;
        return address.getScheme() + "://" + address.getHost() + ":"
                + (address.getPort() < 0 ? standard : address.getPort());
    }
}
