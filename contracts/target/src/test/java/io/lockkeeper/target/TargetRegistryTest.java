package io.lockkeeper.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetRegistryTest {

    private static final String SHOP = """
            url: postgresql://db.example:6432/shop?sslmode=verify-full&sslrootcert=/etc/ssl/shop.pem
            ownerRole: shop_owner
            credentials:
              migrator: { user: lockkeeper_migrator, password: env:SHOP_MIGRATOR_PASSWORD }
              default:  { user: lockkeeper }
            profile: production
            labels: { wave: canary }
            """;

    @TempDir
    Path directory;

    private TargetRegistry registry;

    @BeforeEach
    void open() {
        registry = new TargetRegistry(directory);
    }

    @Test
    void fileIsRead() throws IOException {
        write("shop", SHOP);
        Target shop = registry.find("shop").orElseThrow();
        assertThat(shop.name()).isEqualTo("shop");
        assertThat(shop.host()).isEqualTo("db.example");
        assertThat(shop.port()).isEqualTo(6432);
        assertThat(shop.database()).isEqualTo("shop");
        assertThat(shop.sslMode()).isEqualTo("verify-full");
        assertThat(shop.sslRootCertificate()).contains(Path.of("/etc/ssl/shop.pem"));
        assertThat(shop.ownerRole()).contains("shop_owner");
        assertThat(shop.profile()).contains("production");
        assertThat(shop.labels()).containsEntry("wave", "canary");
        assertThat(shop.credential(Role.MIGRATOR))
                .isEqualTo(new Credential("lockkeeper_migrator", Optional.of("env:SHOP_MIGRATOR_PASSWORD")));
        assertThat(shop.credential(Role.CDC).user()).isEqualTo("lockkeeper");
    }

    @ParameterizedTest
    @CsvSource({"'{ of: flyway }', FLYWAY, public.flyway_schema_history",
            "'{ of: golang-migrate, table: versions }', GOLANG_MIGRATE, public.versions",
            "'{ of: diesel, table: app.done }', DIESEL, app.done"})
    void teamsHistoryIsRead(String written, TeamHistory.Tool tool, String table) throws IOException {
        write("shop", SHOP + "history: " + written);
        TeamHistory history = registry.find("shop").orElseThrow().history().orElseThrow();
        assertThat(history.of()).isEqualTo(tool);
        assertThat(history.table()).hasToString(table);
    }

    @ParameterizedTest
    @CsvSource({"'{ of: alembic }', golang-migrate", "'{ table: a }', of",
            "'{ of: rails, table: a.b.c }', schema.table"})
    void historyThatCannotBeKeptIsExplained(String written, String hint) throws IOException {
        write("shop", SHOP + "history: " + written);
        assertThatExceptionOfType(TargetException.class).isThrownBy(() -> registry.find("shop"))
                .withMessageContaining(hint);
    }

    @Test
    void whatIsLeftOutHasDefaults() throws IOException {
        write("bare", "url: postgres://[::1]/shop\ncredentials: { cdc: { user: c } }\n");
        Target bare = registry.find("bare").orElseThrow();
        assertThat(bare.host()).isEqualTo("::1");
        assertThat(bare.port()).isEqualTo(5432);
        assertThat(bare.sslMode()).isEqualTo("prefer");
        assertThat(bare.sslRootCertificate()).isEmpty();
        assertThat(bare.ownerRole()).isEmpty();
        assertThat(bare.profile()).isEmpty();
        assertThatExceptionOfType(TargetException.class).isThrownBy(() -> bare.credential(Role.PLANNER)).withMessage(
                "target bare has no credential for planner: state credentials.planner or credentials.default");
    }

    @Test
    void targetsComeAndGoWithoutARestart() throws IOException {
        assertThat(registry.find("shop")).isEmpty();
        write("shop", SHOP);
        assertThat(registry.find("shop")).isPresent();
        Files.delete(directory.resolve("shop.yaml"));
        assertThat(registry.find("shop")).isEmpty();
    }

    @Test
    void aBrokenFileDoesNotHideTheOthers() throws IOException {
        write("broken", "url: [");
        write("shop", SHOP);
        Files.writeString(directory.resolve("notes.txt"), "not a target");
        assertThat(registry.names()).containsExactly("broken", "shop");
        assertThat(registry.all()).extracting(Target::name).containsExactly("shop");
        assertThatExceptionOfType(TargetException.class).isThrownBy(() -> registry.find("broken"))
                .withMessageStartingWith("target file broken.yaml does not parse: line ");
    }

    @Test
    void aDirectoryThatIsNotThereHasNoTargets() {
        TargetRegistry nowhere = new TargetRegistry(directory.resolve("missing"));
        assertThat(nowhere.names()).isEmpty();
        assertThat(nowhere.all()).isEmpty();
        assertThat(nowhere.find("shop")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "a/b", "", ".hidden", "a\0", "ä", "-x"})
    void aNameCannotLeaveTheDirectory(String name) throws IOException {
        Files.writeString(directory.resolve("secret.yaml"), SHOP);
        assertThat(new TargetRegistry(directory.resolve("targets")).find(name)).isEmpty();
        assertThat(registry.find(name)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            credentials: { default: { user: a } }                                       | target x has no url: state postgresql://host:port/database
            url: postgresql://h/d                                                       | target x has no credentials: state at least `credentials.default.user`
            url: postgresql://h/d, credentials: {}                                      | target x has no credentials: state at least `credentials.default.user`
            url: mysql://h/d, credentials: { default: { user: a } }                     | target x: url must be postgresql://host:port/database
            url: postgresql://h, credentials: { default: { user: a } }                  | target x: url must be postgresql://host:port/database
            url: postgresql://h/, credentials: { default: { user: a } }                 | target x: url must be postgresql://host:port/database
            url: postgresql:///d, credentials: { default: { user: a } }                 | target x: url must be postgresql://host:port/database
            url: postgresql://ada:hunter2@h/d, credentials: { default: { user: a } }    | target x: take user and password out of the url and state `credentials`
            url: "postgresql://h/d?password=hunter2", credentials: { default: { user: a } } | target x: take `password` out of the url; it may say sslmode and sslrootcert, and who connects stands in `credentials`
            url: "postgresql://h/d?channel_binding=require", credentials: { default: { user: a } } | target x: take `channel_binding` out of the url; it may say sslmode and sslrootcert, and who connects stands in `credentials`
            url: "postgresql://h/d?sslmode=verify", credentials: { default: { user: a } } | target x: sslmode verify is not one of [disable, allow, prefer, require, verify-ca, verify-full]
            url: postgresql://h/d, credentials: { default: { user: a, password: hunter2 } } | target file x.yaml does not parse: a password must be a reference, env:NAME or file:/path, never the secret itself
            url: postgresql://h/d, credentials: { default: { password: env:A } }        | target file x.yaml does not parse: a credential without a user: state `user`
            url: postgresql://h/d, credentials: { default: hunter2 }                    | target file x.yaml does not parse: line 1: `credentials.default` is not of the right form
            url: postgresql://h/d, ownerrole: a, credentials: { default: { user: a } }  | target file x.yaml does not parse: `ownerrole` is not known; known are [allow, credentials, fresh, history, labels, ownerRole, profile, replicas, url]
            url: postgresql://h/d, password: hunter2: x                                 | target file x.yaml does not parse: line 1: this is not YAML of the right form
            """)
    void brokenFileIsExplainedWithoutItsSecrets(String flow, String message) throws IOException {
        write("x", flow.contains(", ") ? "{ " + flow + " }\n" : flow + "\n");
        assertThatExceptionOfType(TargetException.class).isThrownBy(() -> registry.find("x")).withMessage(message)
                .satisfies(failure -> {
                    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                        assertThat(cause.toString()).doesNotContain("hunter2");
                    }
                });
    }

    @Test
    void anEmptyFileIsExplained() throws IOException {
        write("x", "\n");
        assertThatExceptionOfType(TargetException.class).isThrownBy(() -> registry.find("x"));
    }

    private void write(String name, String yaml) throws IOException {
        Files.writeString(directory.resolve(name + ".yaml"), yaml);
    }
}
