package io.lockkeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.MessageJson;

/** How {@code release} sends, waits and ends. */
class ReleaseCommandTest {

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

    private PretendConsole console;
    private PretendServices services;
    private String run;

    @BeforeEach
    void prepare() throws IOException {
        console = new PretendConsole(home, directory);
        services = console.services;
        run = console.run;
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
                .on("GET /api/runs/" + run, 200,
                        PretendConsole.verdict("NO_GO", "old-sessions", "4 sessions of shop/1"))
                .on("GET /api/runs/" + run, 200, PretendConsole.verdict("NO_GO", "invariants", "stock: 3 rows"));

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
}
