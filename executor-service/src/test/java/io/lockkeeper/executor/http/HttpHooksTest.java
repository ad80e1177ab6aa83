package io.lockkeeper.executor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;

import io.lockkeeper.executor.preflight.AlertPath;

class HttpHooksTest {

    @Test
    void numberOrTheGreatestValueOfAPrometheusAnswerIsTaken() {
        assertThat(HttpHooks.value("0.75\n")).hasValue(0.75);
        assertThat(HttpHooks.value("""
                {"status":"success","data":{"resultType":"vector","result":[
                  {"metric":{"instance":"a"},"value":[1700000000.1,"0.5"]},
                  {"metric":{"instance":"b"},"value":[1700000000.1,"1.5"]}]}}""")).hasValue(1.5);
        assertThat(HttpHooks.value("{\"data\":{\"resultType\":\"scalar\",\"result\":[1700000000.1,\"2\"]}}"))
                .hasValue(2);
    }

    @Test
    void whatIsNoNumberIsMissing() {
        for (String body : new String[]{"", "ok", "{}", "{\"data\":{\"result\":[]}}",
                "{\"data\":{\"result\":[{\"value\":[1,\"NaN\"]}]}}"}) {
            assertThat(HttpHooks.value(body)).as(body).isEqualTo(OptionalDouble.empty());
        }
    }

    @Test
    void addressesAreAskedWithoutWaitingAndWhatDoesNotAnswerHasNoValue() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/disk", exchange -> {
            byte[] body = "1.25".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            HttpHooks hooks = new HttpHooks(
                    Map.of("disk", URI.create(base + "/disk"), "level", URI.create(base + "/no-such-page")));
            assertThat(hooks.names()).containsExactlyInAnyOrder("disk", "level");
            await().atMost(Duration.ofSeconds(20)).until(() -> hooks.read().equals(Map.of("disk", 1.25)));
            // The first to ask has its answer, too.
            assertThat(
                    new HttpHooks(Map.of("disk", URI.create(base + "/disk"), "level", URI.create("http://127.0.0.1:1")))
                            .ask())
                    .isEqualTo(Map.of("disk", 1.25));
            assertThat(new HttpAlertPath(URI.create(base + "/disk")).look()).isEqualTo(AlertPath.State.ALIVE);
            assertThat(new HttpAlertPath(URI.create(base + "/no-such-page")).look()).isEqualTo(AlertPath.State.DEAD);
            assertThat(new HttpAlertPath(URI.create("http://127.0.0.1:1")).look()).isEqualTo(AlertPath.State.DEAD);
        } finally {
            server.stop(0);
        }
    }
}
