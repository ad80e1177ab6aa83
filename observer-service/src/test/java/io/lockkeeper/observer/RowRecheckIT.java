package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Watch.ParityPair;
import io.lockkeeper.observer.parity.RowCompare.Chunk;
import io.lockkeeper.observer.postgres.SqlRowCompare;
import io.lockkeeper.observer.postgres.TargetConnection;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.testbed.TestPostgres;

/** Rows are found by the keys that the stream and the server write, whatever their type. */
class RowRecheckIT {

    private static final RelationName KEYED = RelationName.of("public", "keyed");

    @TempDir
    Path home;

    private Vertx vertx;
    private TestRelease release;
    private TargetConnection connection;
    private SqlRowCompare compare;

    @BeforeEach
    void connect() throws SQLException {
        vertx = Vertx.vertx();
        release = new TestRelease(TestPostgres.shared(), home);
        connection = new TargetConnection(vertx, release.target(), Role.OBSERVER, "stream");
        compare = new SqlRowCompare(connection);
        release.database().execute("CREATE TYPE public.\"Size of it\" AS ENUM ('small, or so', 'large')",
                "CREATE DOMAIN public.code AS varchar(12) CHECK (value <> '')");
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
        release.close();
        vertx.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            integer                  | 7                                      | 8                        | 8
            bigint                   | 9007199254740993                       | 9007199254740995         | 9007199254740995
            text                     | 'a'                                    | E'{"q\\\\,NULL} \\u00e4''' | "{\\"q\\\\,NULL} \\u00e4'"
            varchar(4)               | 'NULL'                                 | ''                       | ""
            character(3)             | 'abc'                                  | 'x'                      | "x  "
            numeric(10,2)            | 1.50                                   | 2.50                     | "2.50"
            boolean                  | true                                   | false                    | false
            date                     | '2026-01-01'                           | '2026-01-02'             | "2026-01-02Z"
            timestamp(3)             | '2026-01-01'                           | '2026-01-02 03:04:05.6'  | "2026-01-02T03:04:05.6Z"
            timestamptz              | '2026-01-01 00:00Z'                    | '2026-01-02 03:04:05.6Z' | "2026-01-02T03:04:05.600000Z"
            uuid                     | '00000000-0000-0000-0000-000000000001' | '00000000-0000-0000-0000-00000000000a' | "00000000-0000-0000-0000-00000000000a"
            bytea                    | '\\x01'                                | '\\x0f5c'                | "\\\\x0f5c"
            public."Size of it"      | 'large'                                | 'small, or so'           | "small, or so"
            public.code              | 'one'                                  | 'two'                    | "two"
            """)
    void rowIsFoundByItsKey(String type, String equal, String different, String named) throws SQLException {
        release.database().execute("CREATE TABLE keyed (k " + type + ", \"Part\" text, a int, b int)",
                "INSERT INTO keyed VALUES (" + equal + ", 'p', 1, 1), (" + different + ", 'p', 1, 2), (" + different
                        + ", 'other', 1, 3)");

        Chunk one = compare.recheck(pair("k"), List.of("{\"k\":" + named + "}"));
        Chunk both = compare.recheck(pair("k", "Part"), List.of("{\"k\":" + named + ",\"Part\":\"p\"}",
                "{\"k\":" + named + ",\"Part\":\"not there\"}"));

        assertThat(one.rows()).isEqualTo(2);
        assertThat(one.differing()).isEqualTo(2);
        assertThat(both.rows()).isEqualTo(1);
        assertThat(both.differing()).isEqualTo(1);
        assertThat(compare.recheck(pair("k", "Part"), both.keys())).as("by the key as the server writes it")
                .isEqualTo(both);
    }

    @Test
    void keyWhoseTypeHasChangedIsReadAnew() throws SQLException {
        release.database().execute("CREATE TABLE keyed (k int PRIMARY KEY, a int, b int)",
                "INSERT INTO keyed VALUES (1, 1, 1)");
        assertThat(compare.recheck(pair("k"), List.of("{\"k\":1}")).rows()).isEqualTo(1);
        release.database().execute("ALTER TABLE keyed ALTER k TYPE bigint",
                "INSERT INTO keyed VALUES (3000000000, 1, 2)");

        assertThatThrownBy(() -> compare.recheck(pair("k"), List.of("{\"k\":3000000000}")))
                .as("too large for the type that it had").isInstanceOfSatisfying(SqlFailure.class,
                        failure -> assertThat(failure.sqlState()).isEqualTo("22003"));
        assertThat(compare.recheck(pair("k"), List.of("{\"k\":3000000000}")).differing()).isEqualTo(1);
    }

    private static ParityPair pair(String... key) {
        return new ParityPair("keyed.a", KEYED, List.of(key), "a IS DISTINCT FROM b", "none", List.of(Gate.CONTRACT));
    }
}
