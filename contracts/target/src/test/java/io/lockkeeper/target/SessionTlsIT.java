package io.lockkeeper.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** A server with a certificate for the name localhost, and not for its address. */
@Timeout(120)
class SessionTlsIT {

    private static final String PASSWORD = "changeit";

    @TempDir
    static Path directory;

    private static TestPostgres server;
    private static TestDatabase database;
    private static Path certificate;
    private static Path foreignCertificate;

    @BeforeAll
    static void startServerWithCertificate() throws Exception {
        server = TestPostgres.launch(Map.of());
        database = server.createDatabase("tls");
        KeyStore keys = keyStore("server");
        certificate = pem("server.crt", "CERTIFICATE", keys.getCertificate("key").getEncoded());
        Path key = pem("server.key", "PRIVATE KEY", keys.getKey("key", PASSWORD.toCharArray()).getEncoded());
        foreignCertificate = pem("foreign.crt", "CERTIFICATE",
                keyStore("foreign").getCertificate("key").getEncoded());
        // The server writes the files itself, into its data directory: they must be its user's own.
        database.execute(copyToServer(certificate), copyToServer(key), "ALTER SYSTEM SET ssl = on",
                "SELECT pg_reload_conf()");
        await().until(() -> encrypted("127.0.0.1", ""));
    }

    @AfterAll
    static void stop() {
        database.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?sslmode=prefer", "?sslmode=require"})
    void withoutACertificateTheConnectionIsEncryptedToWhoeverAnswers(String query) {
        assertThat(encrypted("127.0.0.1", query)).isTrue();
    }

    @Test
    void disableDoesNotEncrypt() {
        assertThat(encrypted("127.0.0.1", "?sslmode=disable")).isFalse();
    }

    @Test
    void verifyCaAsksWhoSignedAndNotForTheName() {
        assertThat(encrypted("localhost", "?sslmode=verify-ca&sslrootcert=" + certificate)).isTrue();
        assertThat(encrypted("127.0.0.1", "?sslmode=verify-ca&sslrootcert=" + certificate)).isTrue();
        assertRefused("localhost", "?sslmode=verify-ca&sslrootcert=" + foreignCertificate);
    }

    @Test
    void verifyFullAsksForTheNameToo() {
        assertThat(encrypted("localhost", "?sslmode=verify-full&sslrootcert=" + certificate)).isTrue();
        assertRefused("127.0.0.1", "?sslmode=verify-full&sslrootcert=" + certificate);
        assertRefused("localhost", "?sslmode=verify-full&sslrootcert=" + foreignCertificate);
    }

    @Test
    void requireWithACertificateVerifiesIt() {
        assertThat(encrypted("127.0.0.1", "?sslmode=require&sslrootcert=" + certificate)).isTrue();
        assertRefused("127.0.0.1", "?sslmode=require&sslrootcert=" + foreignCertificate);
    }

    @Test
    void aMissingCertificateIsSaidBeforeAnybodyConnects() {
        assertThatExceptionOfType(TargetException.class)
                .isThrownBy(() -> encrypted("localhost", "?sslmode=verify-full"))
                .withMessage("target shop: sslmode verify-full needs the certificate of the authority that signed the"
                        + " server's: add &sslrootcert=/path/to/ca.pem to the url");
        assertThatExceptionOfType(TargetException.class)
                .isThrownBy(() -> encrypted("localhost", "?sslmode=verify-ca&sslrootcert=/no/such/ca.pem"))
                .withMessage("target shop: cannot read sslrootcert /no/such/ca.pem");
    }

    private static void assertRefused(String host, String query) {
        assertThatExceptionOfType(SqlFailure.class).isThrownBy(() -> encrypted(host, query))
                .withMessageStartingWith("cannot connect to target shop at " + host)
                .satisfies(failure -> assertThat(failure.state()).isEqualTo(SqlState.CONNECTION_LOST));
    }

    private static boolean encrypted(String host, String query) {
        Target target = TestTarget.of(database, host, query);
        try (Session session = Session.open(TestTarget.VERTX, target, Role.PLANNER, "lockkeeper/tls")) {
            return session.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").get(0).getBoolean("ssl");
        }
    }

    private static KeyStore keyStore(String name) throws Exception {
        Path file = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "key", "-keyalg", "RSA", "-keysize", "2048", "-validity", "1", "-dname",
                "CN=" + name, "-ext", "san=dns:localhost", "-ext", "bc=ca:true", "-storetype", "PKCS12", "-keystore",
                file.toString(), "-storepass", PASSWORD).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(said).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static Path pem(String name, String kind, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(content);
        return Files.writeString(directory.resolve(name),
                "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }

    private static String copyToServer(Path file) throws IOException {
        return "COPY (SELECT unnest(string_to_array('" + Files.readString(file).strip() + "', E'\\n')))"
                + " TO PROGRAM 'umask 077; cat > " + file.getFileName() + "'";
    }
}
