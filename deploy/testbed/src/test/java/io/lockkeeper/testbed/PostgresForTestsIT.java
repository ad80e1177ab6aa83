package io.lockkeeper.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

class PostgresForTestsIT {

    @Test
    void databasesOfTheSharedServerAreApartAndGoOnClose() throws Exception {
        String name;
        try (var shop = TestPostgres.shared().createDatabase("shop");
                var other = TestPostgres.shared().createDatabase("shop")) {
            name = shop.name();
            assertThat(name).startsWith("shop_").isNotEqualTo(other.name());
            shop.execute("CREATE TABLE orders (id int)", "CREATE EXTENSION pg_stat_statements");
            assertThat(ask(shop, "SHOW wal_level")).isEqualTo("logical");
            assertThat(ask(shop, "SELECT to_regclass('orders')")).isEqualTo("orders");
            assertThat(ask(other, "SELECT to_regclass('orders')")).isNull();
            assertThat(shop.uri()).isEqualTo("postgresql://" + shop.user() + ":" + shop.password() + "@" + shop.host()
                    + ":" + shop.port() + "/" + name);
        }
        try (var connection = TestPostgres.shared().connect("postgres");
                var query = connection.prepareStatement("SELECT count(*) FROM pg_database WHERE datname = ?")) {
            query.setString(1, name);
            try (var result = query.executeQuery()) {
                result.next();
                assertThat(result.getInt(1)).isZero();
            }
        }
    }

    @Test
    void databaseGoesWithItsSlotAndItsSessions() throws Exception {
        var database = TestPostgres.shared().createDatabase("watched");
        assertThat(ask(database, "SELECT slot_name FROM pg_create_logical_replication_slot('watching', 'pgoutput')"))
                .isEqualTo("watching");
        try (var session = database.connect(); var statement = session.createStatement()) {
            statement.execute("BEGIN");
            database.close();
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
        }
        database.close();
    }

    @Test
    void serverOfItsOwnTakesSettingsAndKeepsDataOverKillAndRestart() throws Exception {
        try (var server = TestPostgres.launch(Map.of("wal_level", "replica", "fsync", "on"))) {
            var database = server.createDatabase("kept");
            database.execute("CREATE TABLE orders (id int)", "INSERT INTO orders VALUES (1)");
            assertThat(ask(database, "SHOW wal_level")).isEqualTo("replica");
            var port = server.port();
            server.kill();
            assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
            server.start();
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(ask(database, "SELECT count(*) FROM orders")).isEqualTo("1");
        }
    }

    @Test
    void sharedServerCannotBeBroken() {
        var shared = TestPostgres.shared();
        assertThat(TestPostgres.shared()).isSameAs(shared);
        assertThatThrownBy(shared::kill).hasMessageContaining("other tests use it");
        assertThatThrownBy(shared::close).hasMessageContaining("TestPostgres.launch");
        assertThatThrownBy(() -> shared.createDatabase("no-name")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anotherClassLoaderMeetsTheSameServer() throws Exception {
        var shared = TestPostgres.shared();
        var path = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
                .map(Path::toUri).toList();
        var urls = new URL[path.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = path.get(i).toURL();
        }
        try (var loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            var copy = loader.loadClass(TestPostgres.class.getName());
            assertThat(copy).isNotSameAs(TestPostgres.class);
            var other = copy.getMethod("shared").invoke(null);
            assertThat(copy.getMethod("port").invoke(other)).isEqualTo(shared.port());
        }
    }

    private static String ask(TestDatabase database, String query) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }
}
