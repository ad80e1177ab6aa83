package io.lockkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledPostgresTest {

    @TempDir
    private Path cache;

    @Test
    void concurrentStartsUnpackOneCompleteCopy() throws Exception {
        var threads = Executors.newFixedThreadPool(3);
        try {
            Callable<Path> unpack = () -> new BundledPostgres(resource(), cache).unpack();
            var homes = threads.invokeAll(Stream.generate(() -> unpack).limit(3).toList());
            for (var home : homes) {
                assertThat(home.get().resolve("bin").resolve("postgres")).isExecutable();
            }
        } finally {
            threads.shutdown();
        }
        try (var left = Files.list(cache)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void missingPlatformIsNamed() {
        assertThatThrownBy(() -> new BundledPostgres("postgres-plan9-mips.txz", cache).unpack())
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("There is no bundled PostgreSQL for this machine")
                .hasMessageContaining("postgres-plan9-mips.txz is not on the class path")
                .hasMessageContaining("--postgres-bin DIR");
    }

    @Test
    void cacheThatOthersMayWriteToIsRefused() throws IOException {
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        System.setProperty(BinaryCache.PROPERTY, cache.toString());
        try {
            assertThatThrownBy(BinaryCache::directory).isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining("others may write to it");
        } finally {
            System.clearProperty(BinaryCache.PROPERTY);
        }
    }

    private static String resource() {
        return BundledPostgres.resourceForThisMachine();
    }
}
