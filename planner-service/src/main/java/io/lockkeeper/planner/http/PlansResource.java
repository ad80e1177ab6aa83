package io.lockkeeper.planner.http;

import java.util.List;
import java.util.Map;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.common.annotation.Blocking;

import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.intake.PlanIndex;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.plan.Targets.TargetUnreachable;
import io.lockkeeper.service.TokenAuthentication;

/** Plans: made without being published, and read back. */
@Path("/plans")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class PlansResource {

    private static final int UNPROCESSABLE = 422;

    private final Planning planning;
    private final PlanIndex index;

    PlansResource(Planning planning, PlanIndex index) {
        this.planning = planning;
        this.index = index;
    }

    /** What {@code POST /releases} would plan; nothing is stored or published. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(TokenAuthentication.OPERATOR)
    public Response plan(String body) {
        ReleaseRequested release = Json.read(body, ReleaseRequested.class);
        try {
            PlanEvent event = planning.plan(release, Hash.sha256(body));
            return event instanceof PlanEvent.PlanProposed proposed
                    ? Response.ok(Json.write(proposed.plan())).build()
                    : Response.status(UNPROCESSABLE)
                            .entity(Json.write(Map.of("refusals", ((PlanEvent.PlanRefused) event).refusals())))
                            .build();
        } catch (TargetUnreachable e) {
            throw new Problem("target-unreachable", e.getMessage()).with(503);
        }
    }

    /** Newest first. */
    @GET
    @RolesAllowed(TokenAuthentication.READER)
    public String plans(@QueryParam("target") String target) {
        List<Plan> plans = index.plans().stream()
                .filter(plan -> target == null || plan.target().equals(target)).toList();
        return Json.write(plans);
    }

    /** The newest plan of a release. */
    @GET
    @Path("/{release: .+}")
    @RolesAllowed(TokenAuthentication.READER)
    public String plan(@PathParam("release") String release, @QueryParam("target") String target) {
        return index.plans().stream()
                .filter(plan -> plan.release().equals(release) && (target == null || plan.target().equals(target)))
                .findFirst().map(Json::write)
                .orElseThrow(() -> new Problem("unknown-release", "no plan of release " + release + " is known here")
                        .with(404));
    }
}
