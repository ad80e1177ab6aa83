package io.lockkeeper.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.lint.LintFormat;
import io.lockkeeper.cli.lint.LintReport;
import io.lockkeeper.cli.lint.RuleDocs;
import io.lockkeeper.cli.manifest.ReleaseDirectory;
import io.lockkeeper.cli.planning.LocalPlanner;
import io.lockkeeper.cli.planning.PlanningTarget;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.analysis.Finding;
import io.lockkeeper.planner.catalog.Baseline;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.release.Version;
import io.lockkeeper.planner.report.Linter;
import io.lockkeeper.planner.report.Reviewed;

@Command(name = "lint", mixinStandardHelpOptions = true, sortOptions = false, description = "Says what each statement of the migrations locks, rewrites and breaks as written, and what"
        + " would run instead. Needs no server: then tables that no file creates are taken to be big and in use.", footerHeading = "%nExamples:%n", footer = {
                "  lockkeeper lint db/migrations",
                "  lockkeeper lint db/migrations --since 41 --format sarif --output lint.sarif",
                "  lockkeeper lint db/migrations --target postgresql://reader@db.example/shop --since 41",
                "  lockkeeper lint --explain change-column-type"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:nothing to object to; findings of P3 are only to know", "1:findings",
                        "2:wrong usage, manifest or files", "3:a statement is refused or does not parse",
                        "6:the target does not answer"})
final class LintCommand implements Callable<Integer> {

    /** Of each major version: what is known to be broken in early ones is mended. */
    private static final int CURRENT_MINOR = 99;
    private static final String RULE_PAGES = "planner-service/planning/docs/rules";

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "Migrations as Flyway, golang-migrate, diesel or numbered files; a lockkeeper.yaml among them is"
            + " minded.")
    private Path directory;

    @Option(names = "--target", paramLabel = "NAME|URL", description = "Ask this database what there is: a registered target, or postgresql://user@host:port/database.")
    private String target;

    @Option(names = "--since", paramLabel = "VERSION", description = "Review what comes after this version; what is before counts as deployed.")
    private String since;

    @Option(names = "--release", description = "All files are one release. Default: each file was deployed before the next.")
    private boolean release;

    @Option(names = "--rule", paramLabel = "ID", split = ",", description = "Report these rules alone.")
    private List<String> rules = new ArrayList<>();

    @Option(names = "--ignore", paramLabel = "ID", split = ",", description = "Do not report these rules.")
    private List<String> ignored = new ArrayList<>();

    @Option(names = "--server-version", paramLabel = "MAJOR", defaultValue = "14", description = "What the migrations will run on, where no --target tells. Default: ${DEFAULT-VALUE}.")
    private int serverVersion;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "TEXT", description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private LintFormat format;

    @Option(names = "--output", paramLabel = "FILE", description = "Write there instead of to standard output.")
    private Path output;

    @Option(names = "--docs", paramLabel = "URL", description = "Where links to the pages of rules lead. Default: the files of this installation.")
    private String docs;

    @Option(names = "--explain", paramLabel = "ID", description = "Print the page of a rule.")
    private String explain;

    @Option(names = "--home", paramLabel = "DIR", description = "With the targets. Default: $LOCKKEEPER_HOME, else ~/.lockkeeper")
    private Path home;

    @Override
    public Integer call() {
        if (explain != null) {
            System.out.print(RuleDocs.of(explain).orElseThrow(
                    () -> new CommandFailure(ExitCode.USAGE, "there is no page of rule " + explain)));
            return ExitCode.DONE;
        }
        if (directory == null) {
            throw new CommandFailure(ExitCode.USAGE, "name the directory of the migrations");
        }
        if (serverVersion < 14 || serverVersion > 18) {
            throw new CommandFailure(ExitCode.USAGE, "--server-version is 14 to 18");
        }
        LintReport report = report();
        Output.write(Optional.ofNullable(output), out -> format.write(report, out));
        if (report.refused()) {
            return ExitCode.REFUSED;
        }
        return report.findings() > 0 ? ExitCode.NO_GO : ExitCode.DONE;
    }

    private LintReport report() {
        try (PostgresGrammar grammar = new PostgresGrammar();
                PlanningTarget database = PlanningTarget.of(Optional.ofNullable(target),
                        HomeDirectory.of(Optional.ofNullable(home)))) {
            ReleaseRequested files = ReleaseDirectory.readOrAssume(directory, database.name());
            Catalog catalog = catalog(grammar, database);
            Linter linter = new Linter(grammar, target != null, release,
                    Optional.ofNullable(since).map(Version::of), format == LintFormat.JSON);
            List<Reviewed> statements = linter.lint(files, catalog).stream()
                    .map(statement -> statement.withFindings(this::wanted)).toList();
            return new LintReport(files.files().size(), statements, new RuleDocs(address()));
        }
    }

    private Catalog catalog(PostgresGrammar grammar, PlanningTarget database) {
        if (target == null) {
            return Baseline.emptyDatabase(serverVersion * 10_000 + CURRENT_MINOR);
        }
        try (LocalPlanner planner = new LocalPlanner(grammar, database)) {
            return planner.catalog(database.name().orElseThrow());
        }
    }

    private boolean wanted(Finding finding) {
        return (rules.isEmpty() || rules.contains(finding.rule())) && !ignored.contains(finding.rule());
    }

    private String address() {
        String base = docs == null ? Installation.find().root().resolve(RULE_PAGES).toUri().toString() : docs;
        return base.endsWith("/") ? base : base + "/";
    }
}
