package io.lockkeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.Lockkeeper;
import io.lockkeeper.cli.stack.Stack;

/** One release on several databases, with the services at work. */
class WavesIT {

    private static final int ROWS = 100;

    private final Stack stack = SharedStack.get();

    @TempDir
    Path release;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(release.resolve("1_note.up.sql"), "ALTER TABLE public.orders ADD COLUMN wave_note text;\n");
        Files.writeString(release.resolve("lockkeeper.yaml"), """
                target: nowhere
                release: waves-1
                application: { name: shop, to: "2" }
                policy: { profile: demo }
                """);
        stack.endpoints().write(stack.home());
    }

    @Test
    void aCanaryThatHaltsSparesTheOthersAndTheSameCommandGoesOnOnceItIsMended() throws Exception {
        try (Connection canary = shop("wave_canary").measure();
                Connection one = shop("wave_one").measure();
                Connection two = shop("wave_two").measure()) {
            execute(canary, """
                    CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
                    BEGIN
                      IF current_query() LIKE '%wave_note%' THEN
                        RAISE EXCEPTION 'not here';
                      END IF;
                    END $$""", "CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('ALTER TABLE')"
                    + " EXECUTE FUNCTION public.refuse()");

            assertThat(releaseInWaves()).isEqualTo(ExitCode.NO_GO);
            assertThat(has(canary)).isFalse();
            assertThat(has(one) || has(two)).as("later waves have begun").isFalse();

            execute(canary, "DROP EVENT TRIGGER refuse");
            assertThat(lockkeeper("resume", "--target=wave_canary")).isEqualTo(ExitCode.DONE);
            assertThat(releaseInWaves()).isEqualTo(ExitCode.DONE);
            assertThat(has(canary) && has(one) && has(two)).isTrue();
        }
    }

    private ShopDatabase shop(String target) {
        return ShopDatabase.create(SharedStack.INSTALLATION, stack.home(), stack.postgres(), target, ROWS);
    }

    private int releaseInWaves() {
        return lockkeeper("release", release.toString(), "--wave=wave_canary", "--wave=wave_one,wave_two",
                "--wait=migrated", "--timeout=2m");
    }

    private int lockkeeper(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--home=" + stack.home().path();
        StringWriter said = new StringWriter();
        return Lockkeeper.commandLine().setErr(new PrintWriter(said, true)).execute(all);
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static boolean has(Connection connection) throws SQLException {
        try (var statement = connection.createStatement(); var rows = statement.executeQuery("""
                SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'public.orders'::regclass
                  AND attname = 'wave_note')""")) {
            rows.next();
            return rows.getBoolean(1);
        }
    }
}
