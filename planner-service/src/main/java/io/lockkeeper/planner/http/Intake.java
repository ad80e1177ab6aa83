package io.lockkeeper.planner.http;

import java.net.URI;
import java.time.Clock;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;

import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.ReleaseEvent;
import io.lockkeeper.planner.intake.PlanIndex;
import io.lockkeeper.planner.intake.ReleaseLog;

/** From a request to an event on {@code releases}: ten sends are one event, and get the same answer. */
@ApplicationScoped
class Intake {

    private static final String SOURCE = "/lockkeeper/http";

    private record Accepted(String id, String target, String release) {}

    private final ReleaseLog log;
    private final PlanIndex index;
    private final Clock clock = Clock.systemUTC();

    Intake(ReleaseLog log, PlanIndex index) {
        this.log = log;
        this.index = index;
    }

    /** @param content what the id is derived from where the caller gives none */
    Response append(String id, String source, String content, ReleaseEvent event) {
        String eventId = id == null || id.isBlank() ? Hash.sha256(content) : id;
        if (!(event instanceof ReleaseEvent.ReleaseRequested) || !index.isPlanned(eventId)) {
            try {
                log.append(new Envelope(eventId, URI.create(source == null ? SOURCE : source), clock.instant(),
                        Optional.of(eventId), Optional.empty(), event));
            } catch (ReleaseLog.LogUnreachable e) {
                throw new Problem("kafka-unreachable", e.getMessage()).with(503);
            } catch (IllegalArgumentException e) {
                throw new Problem("malformed", "ce-source is no URI reference: " + e.getMessage()).with(400);
            }
        }
        if (event instanceof ReleaseEvent.ReleaseRequested) {
            index.requested(eventId);
        }
        return Response.accepted(Json.write(new Accepted(eventId, event.target(), event.release()))).build();
    }
}
