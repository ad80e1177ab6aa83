package io.lockkeeper.planner.http;

import java.time.Clock;
import java.util.Map;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.common.annotation.Blocking;

import io.lockkeeper.messages.ReleaseEvent;
import io.lockkeeper.service.TokenAuthentication;

/** Takes what CD says of the application's versions; the observer listens. */
@Path("/versions")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class VersionsResource {

    private static final Map<String, Class<? extends ReleaseEvent>> KINDS = Map.of("deployed",
            ReleaseEvent.VersionDeployed.class, "rolledback", ReleaseEvent.VersionRolledBack.class, "retired",
            ReleaseEvent.VersionRetired.class);

    private final Intake intake;
    private final Clock clock = Clock.systemUTC();

    VersionsResource(Intake intake) {
        this.intake = intake;
    }

    /**
     * {@code at} may be left out: now. A report that has it, or an id, may be sent again and is the same event; one that has
     * neither is a new one, because a version that was rolled back may be deployed again.
     */
    @POST
    @Path("/{kind}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(TokenAuthentication.OPERATOR)
    public Response version(@PathParam("kind") String kind, @HeaderParam("ce-id") String id,
            @HeaderParam("ce-source") String source, String body) {
        Class<? extends ReleaseEvent> type = KINDS.get(kind);
        if (type == null) {
            throw new Problem("unknown-kind", "a version is deployed, rolledback or retired, not " + kind).with(404);
        }
        ObjectNode event = Json.object(body);
        if (!event.hasNonNull("at")) {
            event.put("at", clock.instant().toString());
        }
        return intake.append(id, source, kind + "\n" + event, Json.read(event.toString(), type));
    }
}
