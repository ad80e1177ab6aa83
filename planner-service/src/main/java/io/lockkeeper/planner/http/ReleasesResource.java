package io.lockkeeper.planner.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.common.annotation.Blocking;

import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.intake.PlanIndex;
import io.lockkeeper.service.TokenAuthentication;

/** Takes releases; what becomes of them is on {@code plans} and here. */
@Path("/releases")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class ReleasesResource {

    private final Intake intake;
    private final PlanIndex index;

    ReleasesResource(Intake intake, PlanIndex index) {
        this.intake = intake;
        this.index = index;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(TokenAuthentication.OPERATOR)
    public Response request(@HeaderParam("ce-id") String id, @HeaderParam("ce-source") String source, String body) {
        return intake.append(id, source, body, Json.read(body, ReleaseRequested.class));
    }

    /** {@code {"state": "requested|planned|refused", "plan": …, "refusals": […]}}. */
    @GET
    @Path("/{id: .+}")
    @RolesAllowed(TokenAuthentication.READER)
    public String release(@PathParam("id") String id) {
        Optional<PlanEvent> event = index.find(id);
        if (event.isEmpty() && !index.isRequested(id)) {
            throw new Problem("unknown-release", "no release event " + id + " is known here").with(404);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        if (event.isEmpty()) {
            answer.put("state", "requested");
        } else if (event.get() instanceof PlanEvent.PlanProposed proposed) {
            answer.put("state", "planned");
            answer.put("plan", proposed.plan());
        } else if (event.get() instanceof PlanEvent.PlanRefused refused) {
            answer.put("state", "refused");
            answer.put("refusals", refused.refusals());
        }
        return Json.write(answer);
    }
}
