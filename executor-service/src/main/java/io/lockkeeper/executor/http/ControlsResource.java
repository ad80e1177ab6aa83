package io.lockkeeper.executor.http;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import io.lockkeeper.executor.control.ControlDesk;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.service.TokenAuthentication;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.TargetException;

/** {@code POST /controls/…}: into the ledger's inbox, so that it works without Kafka. */
@Path("/controls")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RolesAllowed(TokenAuthentication.OPERATOR)
public class ControlsResource {

    private static final Map<String, Class<? extends Control>> KINDS = Map.of("approve", Control.Approve.class, "pause",
            Control.Pause.class, "resume", Control.Resume.class, "abort", Control.Abort.class, "revert",
            Control.Revert.class, "tune", Control.Tune.class);

    private final ControlDesk controls;

    ControlsResource(ControlDesk controls) {
        this.controls = controls;
    }

    /**
     * @param id     the event's id; absent, the hash of the body serves, so that the same body is the same event
     * @param source who sends; part of the event's identity
     */
    @POST
    @Path("/{kind}")
    public String control(@PathParam("kind") String kind, @HeaderParam("ce-id") String id,
            @HeaderParam("ce-source") String source, String body) {
        Control control = read(kind, body);
        try {
            return controls.receive(Optional.ofNullable(source).orElse("/lockkeeper/http"),
                    Optional.ofNullable(id).orElseGet(() -> Hash.sha256(kind + "\n" + body)), control).map(Json::write)
                    .orElseThrow(() -> Problem.unknownTarget(control.target()));
        } catch (SqlFailure | TargetException e) {
            throw Problem.unreachable(control.target(), e);
        }
    }

    private static Control read(String kind, String body) {
        Class<? extends Control> type = KINDS.get(kind);
        if (type == null) {
            throw new Problem("unknown-control", "there is no control " + kind + ": use one of " + KINDS.keySet())
                    .with(404);
        }
        try {
            Control control = MessageJson.mapper().readValue(body, type);
            if (control == null) {
                throw new Problem("bad-control", "the body is empty: send target, release and by as JSON").with(400);
            }
            return control;
        } catch (IOException | IllegalArgumentException e) {
            throw new Problem("bad-control", "the body is not a " + kind + ": "
                    + e.getMessage().lines().findFirst().orElse("no detail")).with(400);
        }
    }
}
