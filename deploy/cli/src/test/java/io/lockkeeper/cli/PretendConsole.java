package io.lockkeeper.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import picocli.CommandLine;

import io.lockkeeper.cli.client.Endpoints;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.client.Services;

/** The command line before pretended services: what it is asked, what it says, and what services tell of a run. */
final class PretendConsole implements AutoCloseable {

    final PretendServices services = new PretendServices();
    /** The run of the release that is sent first. */
    final String run = Services.runOf("shop", "e1");
    private final Path home;
    private final PrintStream standardOut = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();

    /** @param directory gets a release of target shop */
    PretendConsole(Path home, Path directory) throws IOException {
        this.home = home;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        Files.writeString(home.resolve("token"), "secret");
        new Endpoints(services.address(), services.address(), services.address(), "").write(new HomeDirectory(home));
        Files.writeString(directory.resolve("1_a.up.sql"), "SELECT 1;\n");
        Files.writeString(directory.resolve("lockkeeper.yaml"),
                "target: shop\nrelease: r1\napplication: { name: shop, to: '2' }\n");
    }

    int lockkeeper(String... arguments) {
        CommandLine line = Lockkeeper.commandLine().setErr(new PrintWriter(err, true));
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--home=" + home;
        return line.execute(all);
    }

    String said() {
        return out.toString(StandardCharsets.UTF_8) + err;
    }

    String run(String state, String milestones, String reason) {
        return """
                {"run":"%s","target":"shop","release":"r1","planHash":"sha256:abc","state":"%s","milestones":%s,%s
                 "steps":[{"id":"010-index","title":"Create index a","phase":"expand","gate":"armed","state":"SUCCEEDED",
                           "attempts":1},
                          {"id":"020-drop","title":"Drop column b","phase":"contract","gate":"finalize",
                           "state":"PENDING","attempts":0}],
                 "gates":[{"gate":"contract","attempt":1,"state":"OPEN"}]}
                """.formatted(run, state, milestones, reason.isEmpty() ? "" : "\"reason\":\"" + reason + "\",");
    }

    static String verdict(String decision, String kind, String measure) {
        return """
                {"verdicts":[
                  {"gate":"contract","attempt":1,"decision":"%s","at":"2026-01-01T00:00:00Z",
                   "concluded":"blocked, P1","evidence":[
                    {"kind":"%s","subject":"s","claim":"c","status":"FAILED","severity":"P1","measure":"%s","limit":"0",
                     "source":"x"}]}]}
                """.formatted(decision, kind, measure);
    }

    @Override
    public void close() {
        System.setOut(standardOut);
        services.close();
    }
}
