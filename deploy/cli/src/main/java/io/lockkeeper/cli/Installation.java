package io.lockkeeper.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where Lockkeeper itself is: services, roles and samples beside the command line. */
public record Installation(Path root) {

    /** The launcher says where; else the nearest directory above this one that holds the launcher. */
    public static Installation find() {
        String said = System.getProperty("lockkeeper.root");
        if (said != null) {
            return new Installation(Path.of(said));
        }
        Path here = Path.of("").toAbsolutePath();
        for (Path directory = here; directory != null; directory = directory.getParent()) {
            if (Files.isRegularFile(directory.resolve("deploy/lockkeeper"))) {
                return new Installation(directory);
            }
        }
        throw new CommandFailure(ExitCode.UNREACHABLE,
                "cannot find Lockkeeper's own files above " + here + ": start deploy/lockkeeper");
    }

    /** @param service {@code planner}, {@code executor} or {@code observer} */
    public Path serviceJar(String service) {
        Path jar = root.resolve(service + "-service/target/quarkus-app/quarkus-run.jar");
        if (!Files.isRegularFile(jar)) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "the " + service + " is not built: there is no " + jar
                    + "; run `mvn -Dquick package` in " + root);
        }
        return jar;
    }

    public Path rolesSql() {
        return root.resolve("deploy/sql/roles.sql");
    }

    public Path sample(String name) {
        return root.resolve("deploy/samples").resolve(name);
    }
}
