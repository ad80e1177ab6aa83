package io.lockkeeper.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.cli.lint.LintFormat;
import io.lockkeeper.cli.lint.LintReport;
import io.lockkeeper.cli.lint.RuleDocs;
import io.lockkeeper.cli.manifest.ReleaseDirectory;
import io.lockkeeper.cli.planning.LocalPlanner;
import io.lockkeeper.cli.planning.PlanningTarget;
import io.lockkeeper.cli.planning.RehearseOptions;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.report.ApplyOrder;
import io.lockkeeper.planner.report.Linter;

@Command(name = "plan", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows the steps, locks and gates that a release would get. Only reads the target's catalog; no"
        + " service needs to run.", footerHeading = "%nExamples:%n", footer = {
                "  lockkeeper plan db/release",
                "  lockkeeper plan db/release --target postgresql://reader@db.example/shop --apply-order > by-hand.sql",
                "  lockkeeper plan db/release --rehearse --sample 500 --trace trace.json",
                "  lockkeeper plan db/release --format markdown --output plan.md",
                "  lockkeeper plan db/release --format json | jq '.statements[] | {file, line, verdict}'"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:the release can be made safe", "2:wrong usage, manifest or files",
                        "3:it is refused, and why", "6:the target does not answer"})
final class PlanCommand implements Callable<Integer> {

    /** What is printed. */
    enum Format {
        /** For people at a terminal. */
        TEXT,
        /** Statement by statement, as `lint` says it. */
        JSON,
        /** The execution plan that people sign. */
        MARKDOWN
    }

    /** One document at a time. */
    private static final class Wanted {

        @Option(names = "--format", paramLabel = "FORMAT", description = "${COMPLETION-CANDIDATES}. Default: TEXT.")
        private Format format = Format.TEXT;

        @Option(names = "--apply-order", description = "Print the SQL of all steps in running order, to read or to run by hand with psql.")
        private boolean applyOrder;

        @Option(names = "--json", description = "Print the plan as the message that would be published.")
        private boolean message;
    }

    @Parameters(paramLabel = "DIR", description = "Directory with the migration files, and with lockkeeper.yaml. Without one, an old version of"
            + " some application is taken to run.")
    private Path directory;

    @Option(names = "--target", paramLabel = "NAME|URL", description = "Instead of the manifest's target: a registered one, or any postgresql://user@host:port/database.")
    private String target;

    @Mixin
    private RehearseOptions rehearsal;

    @ArgGroup
    private Wanted wanted = new Wanted();

    @Option(names = "--output", paramLabel = "FILE", description = "Write there instead of to standard output.")
    private Path output;

    @Option(names = "--home", paramLabel = "DIR", description = "With the targets. Default: $LOCKKEEPER_HOME, else ~/.lockkeeper")
    private Path home;

    @Override
    public Integer call() {
        try (PostgresGrammar grammar = new PostgresGrammar();
                PlanningTarget database = PlanningTarget.of(Optional.ofNullable(target), homeDirectory());
                LocalPlanner planner = new LocalPlanner(grammar, database)) {
            ReleaseRequested release = ReleaseDirectory.readOrAssume(directory, database.name());
            PlanEvent event = planner.plan(release, rehearsal, homeDirectory());
            if (wanted.format == Format.JSON) {
                statements(grammar, planner, release);
            }
            if (event instanceof PlanEvent.PlanProposed proposed) {
                proposed.rehearsal().ifPresent(rehearsal::write);
            }
            if (event instanceof PlanEvent.PlanRefused refused) {
                throw Services.refused(refused.refusals());
            }
            if (wanted.format != Format.JSON) {
                Plan plan = ((PlanEvent.PlanProposed) event).plan();
                Output.write(Optional.ofNullable(output), out -> out.print(document(release, plan)));
            }
            return ExitCode.DONE;
        }
    }

    private HomeDirectory homeDirectory() {
        return HomeDirectory.of(Optional.ofNullable(home));
    }

    /** Also of a release that is refused: machines see which statement it is. */
    private void statements(PostgresGrammar grammar, LocalPlanner planner, ReleaseRequested release) {
        var statements = new Linter(grammar, true, true, Optional.empty(), true).lint(release,
                planner.catalog(release.target()));
        LintReport report = new LintReport(release.files().size(), statements, new RuleDocs(""));
        Output.write(Optional.ofNullable(output), out -> LintFormat.JSON.write(report, out));
    }

    private String document(ReleaseRequested release, Plan plan) {
        if (wanted.applyOrder) {
            return ApplyOrder.of(plan);
        }
        if (wanted.message) {
            return json(plan);
        }
        return wanted.format == Format.MARKDOWN
                ? PlanMarkdown.of(plan, release, ReleaseDirectory.notes(directory))
                : String.join("\n", PlanText.lines(plan)) + "\n";
    }

    private static String json(Plan plan) {
        try {
            return MessageJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(plan) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a plan can be written as JSON", e);
        }
    }
}
