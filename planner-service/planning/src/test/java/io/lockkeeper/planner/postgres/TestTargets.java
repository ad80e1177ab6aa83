package io.lockkeeper.planner.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.vertx.core.Vertx;

import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.target.TargetRegistry;
import io.lockkeeper.testbed.TestDatabase;

/** The real reader on databases of the testbed. */
public final class TestTargets {

    private TestTargets() {}

    public static Targets in(Vertx vertx, Path directory) {
        return new PostgresTargets(vertx, new TargetRegistry(directory));
    }

    /** @param more further lines of the target's file */
    public static void add(Path directory, String name, TestDatabase database, String... more) throws IOException {
        Files.createDirectories(directory);
        Path password = directory.resolve(name + ".password");
        Files.writeString(password, database.password());
        Files.writeString(directory.resolve(name + ".yaml"), """
                url: postgresql://%s:%d/%s
                credentials:
                  default: { user: %s, password: "file:%s" }
                %s
                """.formatted(database.host(), database.port(), database.name(), database.user(), password,
                String.join("\n", more)));
    }
}
