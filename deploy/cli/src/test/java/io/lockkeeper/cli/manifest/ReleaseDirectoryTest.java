package io.lockkeeper.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Policy.PolicyException;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.SessionSelector;
import io.lockkeeper.messages.Severity;

class ReleaseDirectoryTest {

    private static final Path CASES = Path.of("src/test/resources/releases");

    /** A case is a directory as a team would have it, with the files that it reads as, or with the error. */
    @TestFactory
    Stream<DynamicTest> directoriesAreReadAsExpected() throws IOException {
        try (Stream<Path> cases = Files.list(CASES)) {
            return cases.sorted().toList().stream()
                    .map(directory -> DynamicTest.dynamicTest(directory.getFileName().toString(),
                            () -> check(directory)));
        }
    }

    private static void check(Path directory) throws IOException {
        Path error = directory.resolve("expected-error.txt");
        if (Files.exists(error)) {
            assertThatThrownBy(() -> ReleaseDirectory.read(directory, Optional.empty(), Optional.empty()))
                    .isInstanceOf(ManifestException.class).hasMessageContaining(Files.readString(error).strip())
                    .hasMessageContaining(directory.toString());
            return;
        }
        ReleaseRequested release = ReleaseDirectory.read(directory, Optional.empty(), Optional.empty());
        assertThat(release.files().stream().map(ReleaseDirectoryTest::line).toList())
                .containsExactlyElementsOf(Files.readAllLines(directory.resolve("expected.txt")));
        assertThat(release.files()).allSatisfy(file -> {
            assertThat(file.checksum()).isEqualTo(MigrationFile.checksum(file.sql()));
            assertThat(file.path()).startsWith("deploy/cli/src/test/resources/releases/");
        });
    }

    private static String line(MigrationFile file) {
        String[] names = file.path().split("/");
        boolean diesel = names[names.length - 1].equals("up.sql");
        String name = diesel ? names[names.length - 2] + "/up.sql" : names[names.length - 1];
        return file.version() + " " + name + (file.downSql().isPresent() ? " down" : "");
    }

    @Test
    void everyKeyOfTheManifestReachesTheRelease(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("001_a.sql"), "SELECT 1;\n");
        Files.writeString(directory.resolve("lockkeeper.yaml"), """
                target: shop
                release: 2026.11
                application:
                  name: shop
                  from: 1
                  to: 1.10
                  sessions: { by: role, old: shop_1, new: shop_2 }
                invariants:
                  - name: stock
                    sql: SELECT 1 WHERE false
                    severity: P0
                    timeout: 1m30s
                    impact: oversold
                    owner: warehouse
                policy:
                  profile: demo
                  lockBudget: 250ms
                  withoutStream: true
                  oldWritersCompatible: true
                  swapCompatible: true
                  exceptions:
                    - { rule: user-trigger-fires, object: public.orders.touch, reason: idempotent, by: ada }
                """);

        ReleaseRequested release = ReleaseDirectory.read(directory, Optional.empty(), Optional.empty());

        assertThat(release.release()).isEqualTo("2026.11");
        assertThat(release.application().fromVersion()).contains("1");
        assertThat(release.application().toVersion()).isEqualTo("1.10");
        assertThat(release.application().oldSessions())
                .contains(new SessionSelector(SessionSelector.By.ROLE, "shop_1"));
        assertThat(release.application().newSessions())
                .contains(new SessionSelector(SessionSelector.By.ROLE, "shop_2"));
        assertThat(release.invariants()).singleElement().satisfies(invariant -> {
            assertThat(invariant.severity()).isEqualTo(Severity.P0);
            assertThat(invariant.timeout()).isEqualTo(Duration.ofSeconds(90));
            assertThat(invariant.owner()).contains("warehouse");
        });
        assertThat(release.policy().lockBudget()).isEqualTo(Duration.ofMillis(250));
        assertThat(release.policy().withoutStream()).isTrue();
        assertThat(release.policy().oldWritersCompatible()).isTrue();
        assertThat(release.policy().swapCompatible()).isTrue();
        assertThat(release.policy().exceptions()).isEqualTo(
                List.of(new PolicyException("user-trigger-fires", "public.orders.touch", "idempotent", "ada")));
    }

    @Test
    void optionsOfTheCommandLineComeBeforeTheManifest(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("001_a.sql"), "SELECT 1;\n");
        Files.writeString(directory.resolve("lockkeeper.yaml"),
                "target: shop\nrelease: one\napplication: { name: shop, to: '2' }\n");

        ReleaseRequested release = ReleaseDirectory.read(directory, Optional.of("other"), Optional.of("two"));

        assertThat(release.target()).isEqualTo("other");
        assertThat(release.release()).isEqualTo("two");
    }

    @Test
    void outsideOfGitTheNameChangesWithTheContentAndOnlyWithIt(@TempDir Path parent) throws IOException {
        Path directory = Files.createDirectory(parent.resolve("orders"));
        Files.writeString(directory.resolve("lockkeeper.yaml"), "target: shop\napplication: { name: shop, to: '2' }\n");
        Files.writeString(directory.resolve("001_a.sql"), "SELECT 1;\n");
        String first = ReleaseDirectory.read(directory, Optional.empty(), Optional.empty()).release();
        String again = ReleaseDirectory.read(directory, Optional.empty(), Optional.empty()).release();
        Files.writeString(directory.resolve("001_a.sql"), "SELECT 2;\n");
        String changed = ReleaseDirectory.read(directory, Optional.empty(), Optional.empty()).release();

        assertThat(first).matches("orders-[0-9a-f]{8}").isEqualTo(again).isNotEqualTo(changed);
    }

    @Test
    void theSampleReleaseIsReadable() {
        ReleaseRequested release = ReleaseDirectory.read(Path.of("../samples/shop/release"), Optional.empty(),
                Optional.empty());

        assertThat(release.files()).hasSize(1);
        assertThat(release.invariants()).hasSize(2);
        assertThat(release.policy().profile()).isEqualTo("demo");
    }
}
