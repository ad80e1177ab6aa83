package io.lockkeeper.observer.http;

import java.util.Map;
import java.util.Optional;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.smallrye.common.annotation.Blocking;

import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.observer.console.RunCatalog;
import io.lockkeeper.observer.console.RunDetail;
import io.lockkeeper.service.TokenAuthentication;

/** What runs, and why it waits. */
@Path("/api/runs")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class RunsResource {

    private final RunCatalog catalog;

    RunsResource(RunCatalog catalog) {
        this.catalog = catalog;
    }

    @GET
    @RolesAllowed(TokenAuthentication.READER)
    public String runs() throws JsonProcessingException {
        return MessageJson.mapper().writeValueAsString(catalog.runs());
    }

    @GET
    @Path("/{run}")
    @RolesAllowed(TokenAuthentication.READER)
    public Response run(@PathParam("run") String run) throws JsonProcessingException {
        Optional<RunDetail> detail = catalog.run(run);
        if (detail.isEmpty()) {
            return Response.status(Response.Status.NOT_FOUND)
                    .entity(MessageJson.mapper().writeValueAsString(
                            Map.of("code", "no-such-run", "message", "no target that can be reached has a run " + run)))
                    .build();
        }
        return Response.ok(MessageJson.mapper().writeValueAsString(detail.get())).build();
    }
}
