package io.lockkeeper.executor.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

import org.jboss.logging.Logger;

import io.lockkeeper.executor.postgres.MigrationRecord;
import io.lockkeeper.executor.postgres.MigratorSessions;
import io.lockkeeper.executor.postgres.RunReader;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.service.TokenAuthentication;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;
import io.lockkeeper.target.TargetRegistry;

/** {@code GET /runs}: what the ledgers show. */
@Path("/runs")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(TokenAuthentication.READER)
public class RunsResource {

    private static final Logger LOG = Logger.getLogger(RunsResource.class);

    private final TargetRegistry targets;
    private final MigratorSessions sessions;
    private final RunReader reader;

    RunsResource(TargetRegistry targets, MigratorSessions sessions, RunReader reader) {
        this.targets = targets;
        this.sessions = sessions;
        this.reader = reader;
    }

    /** Newest first within each target; a target that cannot be reached fails the request only if it was asked for. */
    @GET
    public String runs(@QueryParam("target") String name, @QueryParam("release") String release) {
        if (name != null) {
            Target target = find(name);
            try {
                return Json.write(of(target, Optional.ofNullable(release)));
            } catch (SqlFailure e) {
                throw Problem.unreachable(name, e);
            }
        }
        List<RunReport> all = new ArrayList<>();
        for (Target target : targets.all()) {
            try {
                all.addAll(of(target, Optional.ofNullable(release)));
            } catch (SqlFailure | TargetException e) {
                LOG.warnf("left out of the list of runs: target=%s reason=%s", target.name(), e.getMessage());
            }
        }
        return Json.write(all);
    }

    @GET
    @Path("/{run}")
    public String run(@PathParam("run") String id, @QueryParam("target") String name) {
        return Json.write(search(id, Optional.ofNullable(name), session -> reader.run(session, id).map(RunReport::of)));
    }

    /** The migration record, for people. */
    @GET
    @Path("/{run}/record")
    public String record(@PathParam("run") String id, @QueryParam("target") String name) {
        return Json.write(
                Map.of("markdown", search(id, Optional.ofNullable(name), session -> MigrationRecord.of(session, id))));
    }

    /** Without the target's name every target is asked, one after the other. */
    private <T> T search(String id, Optional<String> name, Function<Session, Optional<T>> read) {
        for (Target target : name.map(this::find).map(List::of).orElseGet(targets::all)) {
            try {
                Optional<T> found = sessions.briefly(target, "http",
                        session -> reader.ids(session, target.name(), Optional.empty()).contains(id)
                                ? read.apply(session)
                                : Optional.<T>empty());
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (SqlFailure | TargetException e) {
                LOG.warnf("not searched for a run: target=%s reason=%s", target.name(), e.getMessage());
            }
        }
        throw new Problem("unknown-run", "no target that can be reached has a run " + id).with(404);
    }

    private List<RunReport> of(Target target, Optional<String> release) {
        return sessions.briefly(target, "http", session -> {
            List<RunReport> reports = new ArrayList<>();
            for (String id : reader.ids(session, target.name(), release)) {
                RunView run = reader.run(session, id).orElseThrow();
                reports.add(RunReport.of(run));
            }
            return reports;
        });
    }

    private Target find(String name) {
        try {
            return targets.find(name).orElseThrow(() -> Problem.unknownTarget(name));
        } catch (TargetException e) {
            throw Problem.unreachable(name, e);
        }
    }
}
