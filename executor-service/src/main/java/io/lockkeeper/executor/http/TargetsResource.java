package io.lockkeeper.executor.http;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import io.lockkeeper.executor.doctor.Audit;
import io.lockkeeper.executor.doctor.Doctor;
import io.lockkeeper.executor.doctor.RoutineLedger;
import io.lockkeeper.executor.history.HistoryAdoption;
import io.lockkeeper.executor.history.HistoryDesk;
import io.lockkeeper.executor.lock.Replicas;
import io.lockkeeper.executor.postgres.MigratorSessions;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.service.TokenAuthentication;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;
import io.lockkeeper.target.TargetRegistry;

/** The registry and the health of what is in it. */
@Path("/targets")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(TokenAuthentication.READER)
public class TargetsResource {

    private final TargetRegistry targets;
    private final MigratorSessions sessions;
    private final Doctor doctor;
    private final HistoryDesk histories;

    TargetsResource(TargetRegistry targets, MigratorSessions sessions, Doctor doctor, HistoryDesk histories) {
        this.targets = targets;
        this.sessions = sessions;
        this.doctor = doctor;
        this.histories = histories;
    }

    record Files(List<Plan.FileVersion> files) {}

    /** What the team's own tool has applied counts as applied from now on. */
    @POST
    @Path("/{name}/adopt")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(TokenAuthentication.OPERATOR)
    public String adopt(@PathParam("name") String name, String body) {
        Files files;
        try {
            files = MessageJson.mapper().readValue(body, Files.class);
        } catch (IOException | IllegalArgumentException e) {
            throw new Problem("bad-files", "the body is not {\"files\": […]} with version, path and checksum of each")
                    .with(400);
        }
        try {
            HistoryAdoption adoption = histories.adopt(name, files.files())
                    .orElseThrow(() -> Problem.unknownTarget(name));
            if (adoption instanceof HistoryAdoption.Refused refused) {
                throw new Problem(refused.code(), refused.message()).with(409);
            }
            return Json.write(adoption);
        } catch (SqlFailure | TargetException e) {
            throw Problem.unreachable(name, e);
        }
    }

    @GET
    public String names() {
        return Json.write(targets.names());
    }

    @GET
    @Path("/{name}/doctor")
    public String doctor(@PathParam("name") String name) {
        try {
            Target target = targets.find(name).orElseThrow(() -> Problem.unknownTarget(name));
            try (var replicas = new Replicas(target.readers(), replica -> sessions.open(replica, "doctor"))) {
                return Json.write(Map.of("findings",
                        sessions.briefly(target, "doctor", session -> doctor.examine(session, target, replicas))));
            }
        } catch (SqlFailure | TargetException e) {
            throw Problem.unreachable(name, e);
        }
    }

    @GET
    @Path("/{name}/routines")
    public String routines(@PathParam("name") String name) {
        return ofLedger(name, "routines", session -> Map.of("routines", new RoutineLedger().compare(session)));
    }

    @GET
    @Path("/{name}/audit")
    public String audit(@PathParam("name") String name) {
        return ofLedger(name, "audit", session -> new Audit().verify(session));
    }

    private String ofLedger(String name, String purpose, Function<Session, Object> question) {
        try {
            Target target = targets.find(name).orElseThrow(() -> Problem.unknownTarget(name));
            return Json.write(sessions.briefly(target, purpose, question));
        } catch (SqlFailure e) {
            if (e.state() == SqlState.UNDEFINED_OBJECT) {
                throw new Problem("no-history", "target " + name + " has no ledger with a history yet: the next claim"
                        + " of a release makes it").with(404);
            }
            throw Problem.unreachable(name, e);
        } catch (TargetException e) {
            throw Problem.unreachable(name, e);
        }
    }
}
