package io.lockkeeper.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.demo.Demo;
import io.lockkeeper.cli.stack.ServiceName;
import io.lockkeeper.cli.stack.Stack;

@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false, description = "Migrates a live sample shop: real PostgreSQL and Kafka, the three services, an application at work"
        + " before, during and after. Takes a minute or two and leaves nothing behind.", footerHeading = "%nExamples:%n", footer = {
                "  lockkeeper demo", "  lockkeeper demo --hold 20s      somebody's transaction is in the way",
                "  lockkeeper demo --rows 2000000 --keep"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:COMPLETED, and not one statement of the application failed",
                        "1:anything else; the table says what", "2:wrong usage", "5:timed out before there was a run",
                        "6:a server or a service does not start; the message says why"})
final class DemoCommand implements Callable<Integer> {

    @Option(names = "--rows", paramLabel = "N", defaultValue = "300000", description = "Orders in the shop. Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Option(names = "--hold", paramLabel = "DURATION", converter = DurationOption.class, description = "A session sits idle in a transaction on the hot table for so long.")
    private Duration hold;

    @Option(names = "--keep", description = "Leave everything running at the end, until Ctrl-C.")
    private boolean keep;

    @Option(names = "--postgres-bin", paramLabel = "DIR", description = "An installed PostgreSQL (initdb, postgres) instead of the bundled one.")
    private Path postgresBin;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "0", description = "Of the page. Default: any free one.")
    private int port;

    @Option(names = "--timeout", paramLabel = "DURATION", converter = DurationOption.class, defaultValue = "10m", description = "For the release. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of the workload's choices. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (rows < 1_000) {
            throw new ParameterException(spec.commandLine(), "--rows must be at least 1000");
        }
        Installation installation = Installation.find();
        Path directory = Demo.temporaryHome();
        Terminal terminal = Terminal.standard();
        Stack.Builder builder = Stack.builder(installation, new HomeDirectory(directory)).port(ServiceName.OBSERVER,
                port);
        Optional.ofNullable(postgresBin).ifPresent(builder::postgresBin);
        int outcome = ExitCode.BUG;
        try (Stack stack = builder.build()) {
            outcome = new Demo(installation, stack, terminal,
                    new Demo.Options(rows, Optional.ofNullable(hold), seed, timeout, keep)).run();
            if (keep) {
                new CountDownLatch(1).await();
            }
        } finally {
            if (outcome == ExitCode.DONE) {
                remove(directory);
            } else {
                System.err.println("lockkeeper: logs are in " + directory.resolve("logs"));
            }
        }
        return outcome;
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("lockkeeper: cannot remove " + directory + ": " + e.getMessage());
        }
    }
}
