package io.lockkeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import io.lockkeeper.cli.client.Endpoints;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.MessageJson;

/** What each command sends, says and exits with. The services themselves have their own tests. */
class CommandsTest {

    /** A golden sample of the contracts: release 2026.11 of target shop. */
    private static final String PLAN = plan();
    private static final String REFUSALS = """
            {"state":"refused","refusals":[{"code":"syntax-error","message":"syntax error at or near \\"TABEL\\"",
              "location":{"path":"db/1.sql","line":3,"statement":2,"text":"ALTER TABEL"},"advice":"correct it"}]}
            """;

    @TempDir
    Path home;
    @TempDir
    Path directory;

    private PretendServices services;
    private PrintStream standardOut;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();
    private String run;

    @BeforeEach
    void prepare() throws IOException {
        services = new PretendServices();
        standardOut = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        Files.writeString(home.resolve("token"), "secret");
        new Endpoints(services.address(), services.address(), services.address(), "").write(new HomeDirectory(home));
        Files.writeString(directory.resolve("1_a.up.sql"), "SELECT 1;\n");
        Files.writeString(directory.resolve("lockkeeper.yaml"),
                "target: shop\nrelease: r1\napplication: { name: shop, to: '2' }\n");
        run = Services.runOf("shop", "e1");
    }

    @AfterEach
    void restore() {
        System.setOut(standardOut);
        services.close();
    }

    private int lockkeeper(String... arguments) {
        CommandLine line = Lockkeeper.commandLine().setErr(new PrintWriter(err, true));
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--home=" + home;
        return line.execute(all);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8) + err;
    }

    @Test
    void releaseWithoutWaitReturnsOnceItIsAccepted() {
        services.on("POST /releases", 202, "{\"id\":\"e1\",\"target\":\"shop\",\"release\":\"r1\"}");

        assertThat(lockkeeper("release", directory.toString(), "--id=mine", "--json")).isEqualTo(ExitCode.DONE);

        assertThat(said()).contains("\"run\":\"" + run + "\"");
        assertThat(services.sent()).singleElement().satisfies(sent -> assertThat(sent.id()).contains("mine"));
    }

    @Test
    void releaseWaitsForItsMilestone() {
        planned().on("GET /runs?target=shop", 200, "[]")
                .on("GET /runs/" + run + "?target=shop", 404, "{}")
                .on("GET /runs/" + run + "?target=shop", 200, run("EXPANDING", "[]", ""))
                .on("GET /runs/" + run + "?target=shop", 200, run("MIGRATING", "[\"expanded\"]", ""))
                .on("GET /runs/" + run + "?target=shop", 200,
                        run("AWAITING_CONTRACT", "[\"expanded\",\"migrated\"]", ""));

        assertThat(lockkeeper("release", directory.toString(), "--wait=migrated")).isEqualTo(ExitCode.DONE);

        assertThat(said()).contains("EXPANDING", "MIGRATING", "migrated: release r1 on shop");
    }

    @Test
    void wavesFollowEachOtherOnceAllOfOneAreThere() {
        String next = Services.runOf("shop", "e2");
        planned().on("POST /releases", 202, "{\"id\":\"e2\"}").on("GET /releases/e2", 200,
                "{\"state\":\"planned\",\"plan\":" + PLAN + "}")
                .on("GET /runs/" + run + "?target=shop", 200, run("MIGRATING", "[]", ""))
                .on("GET /runs/" + run + "?target=shop", 200, run("COMPLETED", "[\"completed\"]", ""))
                .on("GET /runs/" + next + "?target=shop", 200, run("COMPLETED", "[\"completed\"]", ""));

        assertThat(lockkeeper("release", directory.toString(), "--wave=canary", "--wave=shop"))
                .isEqualTo(ExitCode.DONE);

        assertThat(said()).contains("wave 1 of 2: canary", "wave 2 of 2: shop");
        assertThat(services.sent()).filteredOn(sent -> sent.path().equals("/releases"))
                .extracting(PretendServices.Sent::body).satisfiesExactly(
                        first -> assertThat(first).contains("\"target\":\"canary\""),
                        second -> assertThat(second).contains("\"target\":\"shop\""));
    }

    @Test
    void aCanaryThatHaltsKeepsTheOtherWavesFromBeginning() {
        planned().on("GET /runs/" + run + "?target=shop", 200, run("HALTED", "[]", "step 010 failed: no space"));

        assertThat(lockkeeper("release", directory.toString(), "--wave=canary", "--wave=de,fr"))
                .isEqualTo(ExitCode.NO_GO);

        assertThat(said()).contains("wave 1 of 2 halts at canary", "step 010 failed: no space", "Not begun: de, fr");
        assertThat(services.sent()).filteredOn(sent -> sent.path().equals("/releases")).hasSize(1);
        assertThat(lockkeeper("release", directory.toString(), "--wave=de", "--target=fr")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aReleaseThatThePlannerRefusesEndsTheWait() {
        services.on("POST /releases", 202, "{\"id\":\"e1\"}").on("GET /releases/e1", 200, "{\"state\":\"requested\"}")
                .on("GET /releases/e1", 200, REFUSALS);

        assertThat(lockkeeper("release", directory.toString(), "--wait")).isEqualTo(ExitCode.REFUSED);

        assertThat(said()).contains("db/1.sql:3 (statement 2)", "syntax error", "[syntax-error]", "advice: correct it");
    }

    @Test
    void aHaltedRunEndsTheWaitWithItsReason() {
        planned().on("GET /runs/" + run + "?target=shop", 200, run("HALTED", "[]", "step 010 failed: no space"));

        assertThat(lockkeeper("release", directory.toString(), "--wait")).isEqualTo(ExitCode.NO_GO);

        assertThat(said()).contains("step 010 failed: no space", "lockkeeper resume");
    }

    @Test
    void anOpenRunOfAnotherReleaseRefusesThisOne() {
        planned().on("GET /runs?target=shop", 200,
                "[" + run("MIGRATING", "[]", "").replace(run, "other").replace("\"r1\"", "\"r0\"") + "]");

        assertThat(lockkeeper("release", directory.toString(), "--wait")).isEqualTo(ExitCode.REFUSED);

        assertThat(said()).contains("has an open run of release r0 (MIGRATING)");
    }

    @Test
    void aBrokenInvariantEndsTheWaitAndARolloutThatIsUnderWayDoesNot() {
        planned().on("GET /runs/" + run + "?target=shop", 200, run("AWAITING_CONTRACT", "[\"migrated\"]", ""))
                .on("GET /api/runs/" + run, 200, verdict("NO_GO", "old-sessions", "4 sessions of shop/1"))
                .on("GET /api/runs/" + run, 200, verdict("NO_GO", "invariants", "stock: 3 rows"));

        assertThat(lockkeeper("release", directory.toString(), "--wait")).isEqualTo(ExitCode.NO_GO);

        assertThat(said()).contains("4 sessions of shop/1", "stock: 3 rows");
    }

    @Test
    void aServiceThatIsAwayForAWhileDoesNotEndTheWait() {
        planned()
                .on("GET /runs/" + run + "?target=shop", 503,
                        "{\"code\":\"target-unreachable\",\"message\":\"too many clients\"}")
                .on("GET /runs/" + run + "?target=shop", 503,
                        "{\"code\":\"target-unreachable\",\"message\":\"too many clients\"}")
                .on("GET /runs/" + run + "?target=shop", 200,
                        run("AWAITING_CONTRACT", "[\"expanded\",\"migrated\"]", ""));

        assertThat(lockkeeper("release", directory.toString(), "--wait=migrated")).isEqualTo(ExitCode.DONE);

        assertThat(said()).containsOnlyOnce("too many clients").contains("asking again for 1m");
    }

    @Test
    void theWaitEndsWithItsTimeout() {
        planned().on("GET /runs/" + run + "?target=shop", 200, run("MIGRATING", "[]", ""));

        assertThat(lockkeeper("release", directory.toString(), "--wait", "--timeout=1s"))
                .isEqualTo(ExitCode.TIMED_OUT);

        assertThat(said()).contains("not there after 1.0s", "MIGRATING");
    }

    @Test
    void controlsNameTheOneOpenRunAndPassOnTheAnswer() {
        services.on("GET /runs", 200, "[" + run("MIGRATING", "[]", "") + "]").on("POST /controls/pause", 200,
                "{\"id\":\"x\",\"accepted\":true,\"run\":\"" + run + "\",\"state\":\"PAUSED\",\"message\":\"\"}")
                .on("POST /controls/abort", 200,
                        "{\"id\":\"y\",\"accepted\":false,\"run\":\"" + run
                                + "\",\"state\":\"CONTRACTING\",\"message\":\"past the first drop\"}")
                .on("POST /controls/approve", 200, "{\"id\":\"z\",\"accepted\":true,\"state\":\"MIGRATING\"}");

        assertThat(lockkeeper("pause", "--reason=lunch", "--by=ada")).isEqualTo(ExitCode.DONE);
        assertThat(lockkeeper("abort")).isEqualTo(ExitCode.REFUSED);
        assertThat(lockkeeper("approve", "--gate=finalize")).isEqualTo(ExitCode.DONE);

        assertThat(said()).contains("pause accepted: release r1 on shop is PAUSED", "past the first drop");
        assertThat(services.sent().get(1).body()).contains("\"by\":\"ada\"", "\"reason\":\"lunch\"");
        assertThat(services.sent().get(5).body()).contains("\"gate\":\"finalize\"", "\"planHash\":\"sha256:abc\"");
    }

    @Test
    void tuneSendsWhatWasNamedAlone() {
        services.on("GET /runs", 200, "[" + run("MIGRATING", "[]", "") + "]").on("POST /controls/tune", 200,
                "{\"id\":\"x\",\"accepted\":true,\"run\":\"" + run + "\",\"state\":\"MIGRATING\"}");

        assertThat(lockkeeper("tune", "--workers=1")).isEqualTo(ExitCode.DONE);
        assertThat(lockkeeper("tune", "--rest=-1")).isEqualTo(ExitCode.USAGE);

        assertThat(services.sent().get(1).body()).contains("\"workers\":1").doesNotContain("rest");
    }

    @Test
    void withoutAnOpenRunThereIsNothingToControl() {
        services.on("GET /runs", 200, "[]");

        assertThat(lockkeeper("resume")).isEqualTo(ExitCode.REFUSED);

        assertThat(said()).contains("there is no open run");
    }

    @Test
    void aRunThatHasCompletedIsNotTakenBackAndSaysWhatToDoInstead() {
        services.on("GET /runs", 200, "[" + run("COMPLETED", "[\"completed\"]", "") + "]");

        assertThat(lockkeeper("abort")).isEqualTo(ExitCode.REFUSED);

        assertThat(said()).contains("release r1 on shop is COMPLETED", "release a change that goes the other way");
    }

    @Test
    void versionsAreReportedAsCiWould() {
        services.on("POST /versions/retired", 202, "{\"id\":\"v\"}");

        assertThat(lockkeeper("retired", "--target=shop", "--release=r1", "--application=shop", "--version=1"))
                .isEqualTo(ExitCode.DONE);

        assertThat(services.sent().get(0).body()).contains("\"application\":\"shop\"", "\"version\":\"1\"");
    }

    @Test
    void verifyAuditExitsWithTheBreaksOfTheHistory() {
        services.on("GET /targets/shop/audit", 200, "{\"entries\":7,\"head\":\"abc\",\"breaks\":[]}")
                .on("GET /targets/shop/audit", 200, "{\"entries\":7,\"head\":\"abc\",\"breaks\":"
                        + "[{\"sequence\":3,\"finding\":\"entry was changed\"}]}");

        assertThat(lockkeeper("verify-audit", "shop")).isEqualTo(ExitCode.DONE);
        assertThat(lockkeeper("verify-audit", "shop")).isEqualTo(ExitCode.NO_GO);
        assertThat(lockkeeper("verify-audit", "nowhere")).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void routinesSayWhatHasBecomeOfThemAndDriftExitsWithIt() {
        String kept = "{\"identity\":\"app.a(bigint)\",\"release\":\"r1\",\"run\":\"run-1\",\"step\":\"010\","
                + "\"file\":\"V1__a.sql\",\"at\":\"2026-01-01T00:00:00Z\",\"hash\":\"0123456789abcdef\",\"owner\":\"o\"";
        services.on("GET /targets/shop/routines", 200, "{\"routines\":[" + kept + "}," + kept.replace("app.a", "app.b")
                + ",\"drift\":\"another definition\"}]}")
                .on("GET /targets/still/routines", 200, "{\"routines\":[" + kept + "}]}");

        assertThat(lockkeeper("routines", "shop")).isEqualTo(ExitCode.DONE);
        assertThat(said()).contains("app.a(bigint)  0123456789ab  r1 V1__a.sql", "DRIFT: another definition");
        assertThat(lockkeeper("routines", "shop", "--drift")).isEqualTo(ExitCode.NO_GO);
        assertThat(lockkeeper("routines", "still", "--drift")).isEqualTo(ExitCode.DONE);
        assertThat(lockkeeper("routines", "nowhere", "--drift")).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void adoptSendsEveryFileAndSaysWhatIsLeft(@TempDir Path migrations) throws IOException {
        Files.writeString(migrations.resolve("V1__one.sql"), "SELECT 1;");
        Files.writeString(migrations.resolve("V2__two.sql"), "SELECT 2;");
        services.on("POST /targets/shop/adopt", 200,
                "{\"applied\":[{\"version\":\"1\",\"path\":\"V1__one.sql\",\"checksum\":\"c\"}],\"pending\":[\"2\"]}")
                .on("POST /targets/other/adopt", 409, "{\"code\":\"file-changed\",\"message\":\"V1 differs\"}");

        assertThat(lockkeeper("adopt", migrations.toString(), "--target", "shop")).isEqualTo(ExitCode.DONE);
        assertThat(said()).contains("1 migrations count as applied", "left to release: 2");
        assertThat(services.sent().get(0).body()).contains("V1__one.sql", "V2__two.sql", "crc32")
                .doesNotContain("SELECT 1");
        assertThat(lockkeeper("adopt", migrations.toString(), "--target", "other")).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void doctorExitsWithFindings() {
        services.on("GET /targets/shop/doctor", 200,
                "{\"findings\":[{\"check\":\"wal_level\",\"status\":\"ok\",\"message\":\"logical\"}]}")
                .on("GET /targets/shop/doctor", 200,
                        "{\"findings\":[{\"check\":\"wal_level\",\"status\":\"warn\",\"message\":\"replica\","
                                + "\"costs\":\"no change stream\"}]}");

        assertThat(lockkeeper("doctor", "shop")).isEqualTo(ExitCode.DONE);
        assertThat(lockkeeper("doctor", "shop")).isEqualTo(ExitCode.NO_GO);

        assertThat(said()).contains("costs: no change stream");
    }

    @Test
    void statusShowsStepsAndTheLastVerdict() {
        services.on("GET /runs", 200, "[" + run("AWAITING_CONTRACT", "[\"migrated\"]", "") + "]")
                .on("GET /api/runs/" + run, 200, verdict("NO_GO", "invariants", "stock: 3 rows"));

        assertThat(lockkeeper("status")).isEqualTo(ExitCode.DONE);

        assertThat(said()).contains("AWAITING_CONTRACT", "waits at gate contract", "✓ succeeded", "(blocked, P1)",
                "stock: 3 rows");
    }

    @Test
    void aServiceThatIsAwayIsNamedWithWhatToDo() throws IOException {
        new Endpoints(URI.create("http://127.0.0.1:1"), services.address(), services.address(), "")
                .write(new HomeDirectory(home));

        assertThat(lockkeeper("release", directory.toString())).isEqualTo(ExitCode.UNREACHABLE);

        assertThat(said()).contains("the planner at http://127.0.0.1:1 is not reachable", "lockkeeper up");
    }

    @Test
    void aWrongTokenAndABrokenServiceAreToldApart() {
        services.on("POST /releases", 401, "").on("POST /releases", 500,
                "{\"code\":\"internal\",\"message\":\"oops\"}");

        assertThat(lockkeeper("release", directory.toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(lockkeeper("release", directory.toString())).isEqualTo(ExitCode.UNREACHABLE);

        assertThat(said()).contains("does not know this token", "is not well: oops (internal)");
    }

    @Test
    void wrongUsageIsTold() {
        assertThat(lockkeeper("plan")).isEqualTo(ExitCode.USAGE);
        assertThat(lockkeeper("release", directory.toString(), "--wait=someday")).isEqualTo(ExitCode.USAGE);
        assertThat(lockkeeper("release", directory.toString(), "--timeout=soon")).isEqualTo(ExitCode.USAGE);
        assertThat(lockkeeper("plan", directory.toString(), "--apply-order", "--format=json"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(lockkeeper("release", home.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(said()).contains("is no duration", "there is no lockkeeper.yaml in");
    }

    @Test
    void targetsAreAddedWithReferencesAlone() throws IOException {
        assertThat(lockkeeper("target", "add", "shop", "--url=postgresql://db:5432/shop", "--owner-role=shop_owner",
                "--credential=migrator=m,env:M", "--user=d", "--password=file:/run/d")).isEqualTo(ExitCode.DONE);
        assertThat(home.resolve("targets/shop.yaml")).content().isEqualTo("""
                url: "postgresql://db:5432/shop"
                ownerRole: "shop_owner"
                credentials:
                  default: { user: "d", password: "file:/run/d" }
                  migrator: { user: "m", password: "env:M" }
                """);
        assertThat(lockkeeper("target", "list")).isEqualTo(ExitCode.DONE);
        assertThat(said()).contains("postgresql://db:5432/shop");

        assertThat(lockkeeper("target", "add", "bad", "--url=postgresql://u:p@db/shop", "--credential=default=d"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(lockkeeper("target", "add", "bad", "--url=postgresql://db/shop", "--credential=default=d,secret"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(home.resolve("targets/bad.yaml")).doesNotExist();
        assertThat(said()).doesNotContain(":p@");
    }

    @Test
    void everyCommandExplainsItsExitCodes() {
        Lockkeeper.commandLine().getSubcommands().forEach((name, command) -> {
            if (!name.equals("completion") && !name.equals("target")) {
                assertThat(command.getUsageMessage()).as(name).contains("Exit codes:").contains("Example");
            }
        });
        assertThat(Lockkeeper.completion()).contains("complete -F");
    }

    private static String plan() {
        try (var sample = MessageJson.class.getResourceAsStream("samples/plan.proposed.v1/shop.json")) {
            return MessageJson.mapper().readTree(sample).get("plan").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PretendServices planned() {
        return services.on("POST /releases", 202, "{\"id\":\"e1\"}").on("GET /releases/e1", 200,
                "{\"state\":\"planned\",\"plan\":" + PLAN + "}");
    }

    private String run(String state, String milestones, String reason) {
        return """
                {"run":"%s","target":"shop","release":"r1","planHash":"sha256:abc","state":"%s","milestones":%s,%s
                 "steps":[{"id":"010-index","title":"Create index a","phase":"expand","gate":"armed","state":"SUCCEEDED",
                           "attempts":1},
                          {"id":"020-drop","title":"Drop column b","phase":"contract","gate":"finalize",
                           "state":"PENDING","attempts":0}],
                 "gates":[{"gate":"contract","attempt":1,"state":"OPEN"}]}
                """.formatted(run, state, milestones, reason.isEmpty() ? "" : "\"reason\":\"" + reason + "\",");
    }

    private static String verdict(String decision, String kind, String measure) {
        return """
                {"verdicts":[
                  {"gate":"contract","attempt":1,"decision":"%s","at":"2026-01-01T00:00:00Z",
                   "concluded":"blocked, P1","evidence":[
                    {"kind":"%s","subject":"s","claim":"c","status":"FAILED","severity":"P1","measure":"%s","limit":"0",
                     "source":"x"}]}]}
                """.formatted(decision, kind, measure);
    }
}
