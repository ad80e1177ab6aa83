package io.lockkeeper.cli.stack;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.messages.WireNames;

/** Lockkeeper's topics, and one for dead letters beside each: brokers do not make them by themselves. */
final class Topics {

    /** As the services' producers and consumers are set: a plan is one message. */
    private static final String MAX_MESSAGE_BYTES = "8388608";

    private Topics() {}

    static List<String> names() {
        return WireNames.TOPICS.stream().map(WireNames.DEFAULT_PREFIX::concat)
                .flatMap(topic -> Stream.of(topic, topic + WireNames.DEAD_LETTER_SUFFIX)).toList();
    }

    /** Makes what is missing; a topic that exists stays as it is. One partition: a target's events stay in order. */
    static void create(String bootstrap) {
        Map<String, Object> client = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000);
        try (Admin admin = Admin.create(client)) {
            var topics = names().stream().map(name -> new NewTopic(name, Optional.of(1),
                    Optional.empty()).configs(Map.of("max.message.bytes", MAX_MESSAGE_BYTES))).toList();
            for (var creation : admin.createTopics(topics).values().values()) {
                try {
                    creation.get(30, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandFailure(ExitCode.UNREACHABLE, "cannot create Lockkeeper's topics on Kafka at " + bootstrap
                    + ": " + cause.getMessage() + ". Check the address, and the right to create topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.UNREACHABLE, "interrupted while creating topics on " + bootstrap, e);
        }
    }
}
