package io.lockkeeper.observer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import io.lockkeeper.testbed.TestPostgres;

/** Gives the constructor of each test a {@link Watching} of its own, closed after the test. */
final class WatchingParameter implements ParameterResolver {

    /** What one test works with. */
    private record Fixture(Vertx vertx, Path home, Watching watching) implements AutoCloseable {

        static Fixture open() {
            Vertx vertx = Vertx.vertx();
            try {
                Path home = Files.createTempDirectory("lockkeeper-observer-test");
                return new Fixture(vertx, home, new Watching(vertx, TestPostgres.shared(), home));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (SQLException e) {
                throw new IllegalStateException("the test's database could not be made", e);
            }
        }

        @Override
        public void close() throws IOException {
            watching.close();
            vertx.close();
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Watching.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(Namespace.create(WatchingParameter.class))
                .computeIfAbsent(Fixture.class, ignored -> Fixture.open(), Fixture.class).watching();
    }
}
