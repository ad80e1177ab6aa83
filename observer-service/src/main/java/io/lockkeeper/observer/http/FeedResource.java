package io.lockkeeper.observer.http;

import java.time.Duration;
import java.util.Optional;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;

import io.lockkeeper.observer.console.Feed;
import io.lockkeeper.service.TokenAuthentication;

/** Live events: {@code run} (a whole run), {@code verdict}, {@code alert}, {@code reset} (read everything anew). */
@Path("/api/stream")
public class FeedResource {

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    private final Feed feed;

    FeedResource(Feed feed) {
        this.feed = feed;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RolesAllowed(TokenAuthentication.READER)
    public Multi<OutboundSseEvent> events(@HeaderParam("Last-Event-ID") String lastId, @Context Sse sse) {
        Multi<OutboundSseEvent> events = Multi.createFrom().emitter(emitter -> {
            Feed.Subscription subscription = feed.subscribe(Optional.ofNullable(lastId),
                    event -> emitter.emit(sse.newEventBuilder().id(event.id()).name(event.type())
                            .data(String.class, event.data()).build()));
            emitter.onTermination(subscription::close);
        }, BackPressureStrategy.BUFFER);
        // Proxies end a connection that is silent; the first one tells the page that it is connected.
        Multi<OutboundSseEvent> alive = Multi.createFrom().ticks().every(KEEP_ALIVE).onOverflow().drop()
                .map(tick -> sse.newEventBuilder().comment("alive").build());
        return Multi.createBy().merging().streams(events, alive);
    }
}
