package io.lockkeeper.planner.postgres;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import io.vertx.core.Vertx;

import io.lockkeeper.planner.rehearsal.ScratchServer;
import io.lockkeeper.target.Credential;
import io.lockkeeper.target.Target;
import io.lockkeeper.testbed.TestDatabase;

/** The server of a test database as a scratch server. */
public final class TestScratch {

    private TestScratch() {}

    public static ScratchServer on(Vertx vertx, Path directory, TestDatabase any) throws IOException {
        Path password = Files.writeString(directory.resolve("scratch.password"), any.password());
        URI url = URI.create("postgresql://" + any.host() + ":" + any.port() + "/postgres");
        return new PostgresScratchServer(vertx,
                new Target("scratch", url, Map.of("default",
                        new Credential(any.user(), Optional.of("file:" + password))),
                        Optional.empty(), Optional.empty(), Map.of()));
    }
}
