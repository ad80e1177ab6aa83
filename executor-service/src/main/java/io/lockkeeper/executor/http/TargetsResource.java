package io.lockkeeper.executor.http;

import java.util.Map;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import io.lockkeeper.executor.doctor.Audit;
import io.lockkeeper.executor.doctor.Doctor;
import io.lockkeeper.executor.postgres.MigratorSessions;
import io.lockkeeper.service.TokenAuthentication;
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

    TargetsResource(TargetRegistry targets, MigratorSessions sessions, Doctor doctor) {
        this.targets = targets;
        this.sessions = sessions;
        this.doctor = doctor;
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
            return Json.write(Map.of("findings",
                    sessions.briefly(target, "doctor", session -> doctor.examine(session, target))));
        } catch (SqlFailure | TargetException e) {
            throw Problem.unreachable(name, e);
        }
    }

    @GET
    @Path("/{name}/audit")
    public String audit(@PathParam("name") String name) {
        try {
            Target target = targets.find(name).orElseThrow(() -> Problem.unknownTarget(name));
            return Json.write(sessions.briefly(target, "audit", session -> new Audit().verify(session)));
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
