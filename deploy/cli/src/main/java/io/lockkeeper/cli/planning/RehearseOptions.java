package io.lockkeeper.cli.planning;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.embedded.EmbeddedPostgres;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Rehearsal;
import io.lockkeeper.planner.plan.Rehearsals;
import io.lockkeeper.planner.postgres.PostgresScratchServer;
import io.lockkeeper.planner.rehearsal.Rehearser;
import io.lockkeeper.target.Credential;
import io.lockkeeper.target.Target;

/** Whether a plan is rehearsed, and where. */
public final class RehearseOptions {

    private static final int MAJOR = 10_000;
    /** They are held in memory, and read in one transaction of the target. */
    private static final int MOST_ROWS = 10_000;

    @Option(names = "--rehearse", description = "Run the plan on a scratch copy of the target's schema, and refuse it where the server contradicts it. A"
            + " policy may demand that.")
    private boolean rehearse;

    @Option(names = "--scratch", paramLabel = "NAME|URL", description = "Server to make scratch databases on, of the target's major version. Default: a server of its own,"
            + " started here and thrown away.")
    private String scratch;

    @Option(names = "--sample", paramLabel = "ROWS", defaultValue = "0", description = "Rehearse with so many rows of each touched table, and what they refer to; needs SELECT on them. They"
            + " are gone with the scratch database, and no message quotes them. Default: none.")
    private int sample;

    @Option(names = "--trace", paramLabel = "FILE", description = "Write there what the scratch server did: locks, rewrites, down files.")
    private Path trace;

    public boolean rehearse() {
        return rehearse || sample > 0;
    }

    int sample() {
        if (sample < 0 || sample > MOST_ROWS) {
            throw new CommandFailure(ExitCode.USAGE, "--sample is 0 to " + MOST_ROWS);
        }
        return sample;
    }

    /** Beside the plan, which names it by its hash. */
    public void write(Rehearsal rehearsal) {
        if (trace != null) {
            try {
                Files.writeString(trace,
                        MessageJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(rehearsal) + "\n");
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.USAGE, "cannot write " + trace + ": " + e.getMessage(), e);
            }
        }
    }

    /** The server is started only when there is something to rehearse. */
    Rehearsals rehearsals(Vertx vertx, PostgresGrammar grammar, HomeDirectory home) {
        return (release, plan, origin) -> {
            if (scratch == null) {
                return onAServerOfItsOwn(vertx, plan,
                        server -> new Rehearser(server, grammar).rehearse(release, plan, origin));
            }
            try (PlanningTarget target = PlanningTarget.scratch(scratch, home)) {
                Target found = target.find(target.name().orElse(scratch)).orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, "there is no target " + scratch + ": add it, or give --scratch a URL"));
                return new Rehearser(new PostgresScratchServer(vertx, found), grammar).rehearse(release, plan, origin);
            }
        };
    }

    private interface Work {

        Rehearsals.Result on(PostgresScratchServer server);
    }

    private static Rehearsals.Result onAServerOfItsOwn(Vertx vertx, Plan plan, Work work) {
        // What it holds is worth nothing, and only this machine reaches it.
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().fastUnsafe().trustLoopback()
                .setting("shared_preload_libraries", "");
        installed(plan.serverVersion() / MAJOR).ifPresent(builder::postgresBin);
        try (EmbeddedPostgres server = builder.start()) {
            return work.on(new PostgresScratchServer(vertx, new Target("scratch",
                    URI.create("postgresql://" + EmbeddedPostgres.HOST + ":" + server.port() + "/postgres"),
                    Map.of("default", new Credential(EmbeddedPostgres.SUPERUSER, Optional.empty())), Optional.empty(),
                    Optional.empty(), Map.of())));
        }
    }

    /** The target's own version where a distribution has put it, with the extensions that are installed there. */
    private static Optional<Path> installed(int major) {
        return Stream.of(Path.of("/usr/lib/postgresql/" + major + "/bin"),
                Path.of("/usr/pgsql-" + major + "/bin")).filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                .findFirst();
    }
}
