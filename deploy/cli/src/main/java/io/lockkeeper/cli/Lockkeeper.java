package io.lockkeeper.cli;

import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

import io.lockkeeper.cli.manifest.ManifestException;
import io.lockkeeper.embedded.EmbeddedServerException;

/** The command line. Every command ends with one of {@link ExitCode}. */
@Command(name = "lockkeeper", mixinStandardHelpOptions = true, version = "lockkeeper 0.1.0-SNAPSHOT", description = "Carries schema, data and PL/pgSQL changes into a busy PostgreSQL database while the application"
        + " never stops.", footerHeading = "%nExamples:%n", footer = {
                "  lockkeeper demo                          watch one release, on servers of its own",
                "  lockkeeper up                            start everything here and leave it running",
                "  lockkeeper lint db/migrations            what locks, rewrites and breaks; needs no server",
                "  lockkeeper plan db/release               see what a release would do",
                "  lockkeeper release db/release --wait=migrated",
                "",
                "Tab completion: source <(lockkeeper completion)"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:done, or GO", "1:NO_GO, or findings", "2:wrong usage, manifest or files",
                        "3:refused by a service", "5:timed out",
                        "6:a service or a server does not answer"}, subcommands = {DemoCommand.class, UpCommand.class,
                                DownCommand.class, LintCommand.class, PlanCommand.class, ReleaseCommand.class,
                                TargetCommand.class, AdoptCommand.class, DoctorCommand.class, RoutinesCommand.class,
                                VerifyAuditCommand.class,
                                StatusCommand.class, ApproveCommand.class,
                                PauseCommand.class, ResumeCommand.class, TuneCommand.class, AbortCommand.class,
                                RevertCommand.class,
                                DeployedCommand.class,
                                RolledBackCommand.class, RetiredCommand.class, CompletionCommand.class})
public final class Lockkeeper implements Runnable {

    /** Ctrl-C: what fails from now on fails because everything is being stopped, and is not worth a word. */
    private static volatile boolean interrupted;

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        // Servers and clients log; here a person reads. What matters comes as an exception or as a warning.
        Logger.getLogger("").setLevel(Level.WARNING);
        // A library's complaint that there is no log to write to.
        System.setProperty("log4j2.StatusLogger.level", "OFF");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted = true, "lockkeeper-interrupted"));
        int exitCode = commandLine().execute(arguments);
        if (!interrupted) {
            System.exit(exitCode);
        }
    }

    public static CommandLine commandLine() {
        return new CommandLine(new Lockkeeper()).setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true).setExecutionExceptionHandler(Lockkeeper::explain);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }

    private static int explain(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (interrupted) {
            return ExitCode.BUG;
        }
        boolean debug = System.getenv("LOCKKEEPER_DEBUG") != null;
        if (debug) {
            failure.printStackTrace(err);
        }
        if (failure instanceof CommandFailure known) {
            err.println("lockkeeper: " + known.getMessage());
            return known.exitCode();
        }
        if (failure instanceof ManifestException wrong) {
            err.println("lockkeeper: " + wrong.getMessage());
            return ExitCode.USAGE;
        }
        if (failure instanceof EmbeddedServerException server) {
            err.println("lockkeeper: " + server.what() + "\n  why: " + server.why() + "\n  do:  " + server.remedy());
            return ExitCode.UNREACHABLE;
        }
        err.println("lockkeeper: this is a mistake of ours: " + failure + (debug
                ? ""
                : "\n  LOCKKEEPER_DEBUG=1 shows where it happened"));
        return ExitCode.BUG;
    }

    static String completion() {
        return AutoComplete.bash("lockkeeper", commandLine());
    }
}
