package io.lockkeeper.testbed;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/** What tests ask of a broker as its administrator. */
final class Topics {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private Topics() {}

    static void create(String bootstrap, Collection<NewTopic> topics) {
        try (var admin = admin(bootstrap)) {
            admin.createTopics(topics).values().forEach((name, creation) -> await("create topic " + name, creation));
        }
    }

    static void delete(String bootstrap, List<String> names) {
        try (var admin = admin(bootstrap)) {
            await("delete topics " + names, admin.deleteTopics(names).all());
        }
    }

    static void awaitAnswer(String bootstrap) {
        try (var admin = admin(bootstrap)) {
            await("reach Kafka at " + bootstrap, admin.describeCluster().nodes());
        }
    }

    private static Admin admin(String bootstrap) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    }

    private static void await(String wish, KafkaFuture<?> answer) {
        try {
            answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("Cannot " + wish, e.getCause());
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("Cannot " + wish + ": no answer within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot " + wish + ": interrupted", e);
        }
    }
}
