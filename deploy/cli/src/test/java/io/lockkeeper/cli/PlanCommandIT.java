package io.lockkeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.demo.ShopDatabase;
import io.lockkeeper.embedded.EmbeddedPostgres;

/** `lockkeeper plan` against a real server, with no service running. */
class PlanCommandIT {

    private static final String SAMPLE = "../samples/shop/release";

    @TempDir
    static Path home;
    @TempDir
    Path directory;

    private static EmbeddedPostgres server;

    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void fillTheShop() {
        server = EmbeddedPostgres.builder().fastUnsafe().start();
        ShopDatabase.create(Installation.find(), new HomeDirectory(home), server, "shop", 2_000);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aRegisteredTargetIsPlannedByItsName() throws Exception {
        assertThat(plan(ExitCode.DONE, SAMPLE)).contains("plan of shop-2 for shop", "gate finalize",
                "point of no return", "share update exclusive on public.orders", "note: ");
    }

    @Test
    void anyDatabaseIsPlannedByItsAddressAndWithoutAManifest() throws Exception {
        Files.writeString(directory.resolve("1_index.sql"), "CREATE INDEX ON orders (channel);\n");

        assertThat(plan(ExitCode.DONE, directory.toString(), "--target=" + address()))
                .contains("orders_channel_idx1 beside the traffic");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void machinesSeeEveryStatement() throws Exception {
        String json = plan(ExitCode.DONE, SAMPLE, "--format=json");

        LintCommandTest.assertValid(json);
        JsonNode statements = new ObjectMapper().readTree(json).get("statements");
        assertThat(statements.findValuesAsText("verdict")).hasSize(7).containsOnly("rewritten", "safe");
    }

    @Test
    void ofARefusedReleaseMachinesSeeWhichStatementItIs() throws Exception {
        Files.writeString(directory.resolve("1_a.sql"),
                "ALTER TABLE orders ADD COLUMN a int;\nDROP TABLE order_items CASCADE;\n");

        String json = plan(ExitCode.REFUSED, directory.toString(), "--target=" + address(), "--format=json");

        LintCommandTest.assertValid(json);
        assertThat(new ObjectMapper().readTree(json).get("statements").findValuesAsText("verdict"))
                .containsExactly("safe", "refused");
        assertThat(err.toString()).contains("1_a.sql:2 (statement 2)");
    }

    @Test
    void theDocumentThatPeopleSignSaysWhatTheManifestSays() throws Exception {
        Files.writeString(directory.resolve("1_a.sql"), "ALTER TABLE orders DROP COLUMN legacy_ref;\n");
        Files.writeString(directory.resolve("lockkeeper.yaml"), """
                target: shop
                application: { name: shop, from: "1", to: "2", sessions: { old: shop/1 } }
                document:
                  purpose: get rid of what nobody reads
                  type: normal
                  owner: checkout team
                  success: [no ticket within a day]
                  contacts: [ada, "#checkout"]
                """);

        assertThat(plan(ExitCode.DONE, directory.toString(), "--format=markdown")).contains(
                "| Purpose | get rid of what nobody reads |", "| Type of change | normal |",
                "| Owner | checkout team |", "| Contacts | ada; \\#checkout |", "## Steps", "**point of no return**",
                "## Rollback card", "## Success criteria", "* no ticket within a day", "## Signatures");
    }

    @Test
    void theScriptIsPlainSql() throws Exception {
        assertThat(plan(ExitCode.DONE, SAMPLE, "--apply-order")).contains("-- ==== gate finalize: ",
                "\nCREATE INDEX CONCURRENTLY ", "\nCOMMIT;\n", "-- POINT OF NO RETURN");
    }

    @Test
    void aPlanIsRehearsedOnRowsOfTheTarget() throws Exception {
        Path trace = directory.resolve("trace.json");

        assertThat(plan(ExitCode.DONE, SAMPLE, "--sample=20", "--target=shop"))
                .as("a planner that reads no row").contains("note: rehearsed without rows of public.orders: ");
        assertThat(plan(ExitCode.DONE, SAMPLE, "--sample=20", "--target=" + address(), "--trace=" + trace))
                .contains("rehearsed sha256:").doesNotContain("rehearsed without");
        JsonNode rehearsal = new ObjectMapper().readTree(Files.readString(trace));
        assertThat(rehearsal.get("sampledRows").asLong()).isGreaterThan(20);
        assertThat(rehearsal.get("notRecreated")).isEmpty();
        assertThat(run("plan", SAMPLE, "--sample=-1", "--home=" + home)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--sample is 0 to 10000");
    }

    /** On a copy: with every smoke call, and there and back. */
    @ParameterizedTest
    @ValueSource(strings = {"facade", "view_layer", "composite_type"})
    void everySampleCanBeRehearsed(String sample) throws Exception {
        Path directory = Path.of("../samples", sample);
        try (Connection admin = DriverManager.getConnection(server.jdbcUrl("postgres", EmbeddedPostgres.SUPERUSER));
                var statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + sample);
        }
        try (Connection owner = DriverManager.getConnection(server.jdbcUrl(sample, EmbeddedPostgres.SUPERUSER));
                var statement = owner.createStatement()) {
            statement.execute(Files.readString(directory.resolve("schema.sql")));
        }

        assertThat(plan(ExitCode.DONE, directory.resolve("release").toString(), "--rehearse",
                "--target=" + address(sample), "--scratch=" + address("postgres"))).contains("rehearsed sha256:");
    }

    @Test
    void aTargetThatIsUnknownOrAwayIsTold() throws Exception {
        run("plan", SAMPLE, "--target=nowhere", "--home=" + home);
        assertThat(err.toString()).contains("there is no target nowhere");
        assertThat(run("plan", SAMPLE, "--target=postgresql://nobody@127.0.0.1:1/shop"))
                .isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void lintKnowsTheTargetsTables() throws Exception {
        Files.writeString(directory.resolve("1_a.sql"), "ALTER TABLE orders ALTER COLUMN channel TYPE varchar(9);\n");
        Path output = directory.resolve("report.json");

        assertThat(run("lint", directory.toString(), "--target=shop", "--home=" + home, "--format=json",
                "--output=" + output)).isNotEqualTo(ExitCode.BUG);
        assertThat(Files.readString(output)).doesNotContain("unknown-relation");
    }

    private static String address() {
        return address("shop");
    }

    private static String address(String database) {
        return server.uri(database, EmbeddedPostgres.SUPERUSER) + "?sslmode=disable";
    }

    private String plan(int exitCode, String... options) throws Exception {
        Path output = home.resolve("document");
        List<String> arguments = new ArrayList<>(List.of("plan", "--home=" + home, "--output=" + output));
        arguments.addAll(List.of(options));
        assertThat(run(arguments.toArray(new String[0]))).as(err.toString()).isEqualTo(exitCode);
        return Files.readString(output);
    }

    private int run(String... arguments) {
        return Lockkeeper.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
    }
}
