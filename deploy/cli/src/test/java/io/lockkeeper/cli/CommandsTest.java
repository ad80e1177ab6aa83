package io.lockkeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.cli.client.Endpoints;
import io.lockkeeper.cli.client.HomeDirectory;

/** What each command sends, says and exits with. The services themselves have their own tests. */
class CommandsTest {

    @TempDir
    Path home;
    @TempDir
    Path directory;

    private PretendConsole console;
    private PretendServices services;

    @BeforeEach
    void prepare() throws IOException {
        console = new PretendConsole(home, directory);
        services = console.services;
    }

    @AfterEach
    void restore() {
        console.close();
    }

    private int lockkeeper(String... arguments) {
        return console.lockkeeper(arguments);
    }

    private String said() {
        return console.said();
    }

    private String run(String state, String milestones, String reason) {
        return console.run(state, milestones, reason);
    }

    @Test
    void controlsNameTheOneOpenRunAndPassOnTheAnswer() {
        services.on("GET /runs", 200, "[" + run("MIGRATING", "[]", "") + "]").on("POST /controls/pause", 200,
                "{\"id\":\"x\",\"accepted\":true,\"run\":\"" + console.run
                        + "\",\"state\":\"PAUSED\",\"message\":\"\"}")
                .on("POST /controls/abort", 200,
                        "{\"id\":\"y\",\"accepted\":false,\"run\":\"" + console.run
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
                "{\"id\":\"x\",\"accepted\":true,\"run\":\"" + console.run + "\",\"state\":\"MIGRATING\"}");

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

        assertThat(said()).contains("release r1 on shop is COMPLETED", "`lockkeeper revert` takes it back");
    }

    @Test
    void revertNamesAReleaseThatHasCompleted() {
        services.on("GET /runs?release=r1", 200, "[" + run("COMPLETED", "[\"completed\"]", "") + "]")
                .on("POST /controls/revert", 200,
                        "{\"id\":\"x\",\"accepted\":true,\"run\":\"" + console.run + "\",\"state\":\"REVERTING\"}");

        assertThat(lockkeeper("revert")).isEqualTo(ExitCode.USAGE);
        assertThat(lockkeeper("revert", "--release=r1", "--by=ada")).isEqualTo(ExitCode.DONE);

        assertThat(said()).contains("revert accepted: release r1 on shop is REVERTING");
        assertThat(services.sent().get(1).body()).contains("\"by\":\"ada\"", "\"acceptLoss\":false");
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
                .on("GET /api/runs/" + console.run, 200,
                        PretendConsole.verdict("NO_GO", "invariants", "stock: 3 rows"));

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
}
