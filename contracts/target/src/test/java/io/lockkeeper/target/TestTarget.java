package io.lockkeeper.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import io.vertx.core.Vertx;

import io.lockkeeper.testbed.TestDatabase;

/** A test's database as a target. */
final class TestTarget {

    /** For all tests of the JVM, never closed: the driver's finalizers use it after the connections are gone. */
    static final Vertx VERTX = Vertx.vertx();

    private TestTarget() {}

    static Target of(TestDatabase database) {
        return of(database, database.host(), "");
    }

    /** @param query of the url, with its question mark */
    static Target of(TestDatabase database, String host, String query) {
        try {
            Path password = Files.createTempFile("password", "");
            password.toFile().deleteOnExit();
            Files.writeString(password, database.password());
            return new Target("shop",
                    URI.create("postgresql://" + host + ":" + database.port() + "/" + database.name() + query),
                    Map.of("default", new Credential(database.user(), Optional.of("file:" + password))),
                    Optional.empty(), Optional.empty(), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
