package io.lockkeeper.observer.config;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.Vertx;

import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.observer.console.Feed;
import io.lockkeeper.observer.console.RunCatalog;
import io.lockkeeper.observer.console.RunDetail;
import io.lockkeeper.observer.console.RunWatcher;
import io.lockkeeper.observer.postgres.SqlRunCatalog;
import io.lockkeeper.target.TargetRegistry;

/** The parts that are plain Java, made for injection. */
@ApplicationScoped
public class Parts {

    @Produces
    @Singleton
    Feed feed() {
        return new Feed(Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));
    }

    @Produces
    @Singleton
    SqlRunCatalog catalog(Vertx vertx, TargetRegistry registry) {
        return new SqlRunCatalog(vertx, registry);
    }

    void close(@Disposes SqlRunCatalog catalog) {
        catalog.close();
    }

    @Produces
    @Singleton
    RunWatcher watcher(RunCatalog catalog, Feed feed) {
        return new RunWatcher(catalog, feed, Parts::json);
    }

    static String json(RunDetail detail) {
        try {
            return MessageJson.mapper().writeValueAsString(detail);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write a run as JSON", e);
        }
    }
}
