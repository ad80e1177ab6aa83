package io.lockkeeper.planner.rehearsal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Rehearsal;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.analysis.Analysis;
import io.lockkeeper.planner.analysis.Analyzer;
import io.lockkeeper.planner.analysis.Hazard;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.rehearsal.ScratchDatabase.StatementFailed;
import io.lockkeeper.planner.rehearsal.ScratchDatabase.Trace;
import io.lockkeeper.planner.statement.SourceStatement;

/** The release's files as the team wrote them: what each statement does, whether its down file takes it back. */
final class WrittenRun {

    private final ScratchServer server;
    private final PostgresGrammar grammar;
    private final ReleaseRequested release;
    private final Plan plan;
    private final Findings findings;
    private final Analyzer analyzer;
    private final List<Rehearsal.StatementTrace> statements = new ArrayList<>();
    private final List<Rehearsal.DownFile> downFiles = new ArrayList<>();
    private final Set<String> lossy = new TreeSet<>();
    private final WrittenRoutines meaning;

    WrittenRun(ScratchServer server, PostgresGrammar grammar, ReleaseRequested release, Plan plan, Findings findings) {
        this.server = server;
        this.grammar = grammar;
        this.analyzer = new Analyzer(grammar);
        this.release = release;
        this.plan = plan;
        this.findings = findings;
        this.meaning = new WrittenRoutines(grammar, plan);
    }

    List<Rehearsal.StatementTrace> statements() {
        return List.copyOf(statements);
    }

    List<Rehearsal.DownFile> downFiles() {
        return List.copyOf(downFiles);
    }

    /** @param planned the catalog as the plan leaves it */
    void run(ScratchDatabase database, Catalog catalog, List<String> planned) {
        Set<String> versions = plan.files().stream().map(Plan.FileVersion::version).collect(Collectors.toSet());
        Catalog current = catalog;
        List<String> before = database.facts();
        for (MigrationFile file : release.files()) {
            if (!versions.contains(file.version())) {
                continue; // the target has it
            }
            for (SourceStatement statement : parse(file.path(), file.sql()).orElseThrow()) {
                Analyzer.Outcome outcome = analyzer.read(statement, current);
                if (!run(database, statement, outcome.analysis(), current)) {
                    return;
                }
                if (destroys(outcome.analysis())) {
                    lossy.add(file.version());
                }
                current = outcome.after();
            }
            List<String> after = database.facts();
            downFiles.add(downFile(database, file, before, current));
            before = after;
        }
        List<String> differences = Comparison.ofCatalogs(meaning.comparable(before), meaning.comparable(planned));
        if (!differences.isEmpty()) {
            findings.add("rehearsal-result-differs",
                    "the plan ends in another catalog than the files as written: " + Findings.shown(differences),
                    Optional.empty(), "The release would not bring what its files say.",
                    "Do not run this plan; report it with the release's files.");
        }
    }

    private boolean run(ScratchDatabase database, SourceStatement statement, Analysis analysis, Catalog current) {
        if (statement.tree().is("TransactionStmt")) {
            return true; // each statement has its own transaction here
        }
        List<String> sql = meaning.of(statement, current);
        try {
            Trace trace = database.run(sql, PlanRun.TEAMS_SEARCH_PATH,
                    analysis.locks().stream().map(Step.LockClaim::relation).toList());
            statements.add(new Rehearsal.StatementTrace(statement.source(), trace.locks(), trace.rewrites()));
            compare(statement, analysis, trace);
            return true;
        } catch (StatementFailed e) {
            findings.add("rehearsal-statement-failed", "as written, the statement fails: " + e.getMessage(),
                    Optional.of(statement.source()), "Nobody can tell whether the plan does what it says.",
                    "Mend the statement.");
            return false;
        }
    }

    /** Too little said of a statement is a danger to whoever trusts it; too much is a caution. */
    private void compare(SourceStatement statement, Analysis analysis, Trace trace) {
        if (analysis.hazards().contains(Hazard.UNKNOWN)) {
            return;
        }
        var predicted = Comparison.strongest(analysis.locks());
        for (Step.LockClaim taken : trace.locks()) {
            LockMode said = predicted.getOrDefault(taken.relation(), LockMode.ROW_SHARE);
            if (taken.mode().compareTo(said) > 0) {
                differs(statement, "takes " + taken.mode().sql() + " on " + taken.relation()
                        + ", where the analysis says " + said.sql() + " at most");
            }
        }
        for (RelationName rewritten : trace.rewrites()) {
            if (!analysis.rewrites().contains(rewritten)) {
                differs(statement, "rewrites " + rewritten + ", which the analysis does not say");
            }
        }
    }

    private void differs(SourceStatement statement, String difference) {
        findings.add("rehearsal-analysis-differs", "as written, " + statement.path() + " line "
                + statement.parsed().startLine() + " " + difference, Optional.of(statement.source()),
                "What is said of the statement is less than what it does.", "Report it with the release's files.");
    }

    /** Up has run; down runs on a copy, so that the next file finds what up has left. */
    private Rehearsal.DownFile downFile(ScratchDatabase database, MigrationFile file, List<String> before,
            Catalog catalog) {
        if (file.downSql().isEmpty()) {
            return downFile(file, Rehearsal.DownVerdict.MISSING, "there is no down file", List.of());
        }
        Optional<List<SourceStatement>> statements = parse(file.path(), file.downSql().get());
        if (statements.isEmpty()) {
            return downFile(file, Rehearsal.DownVerdict.FICTION, "the down file does not parse", List.of());
        }
        boolean destroys = false;
        database.disconnect();
        try (ScratchDatabase down = server.copy(database)) {
            Catalog current = catalog;
            for (SourceStatement statement : statements.get()) {
                Analyzer.Outcome outcome = analyzer.read(statement, current);
                current = outcome.after();
                destroys |= destroys(outcome.analysis());
                if (!statement.tree().is("TransactionStmt")) {
                    down.run(List.of(statement.text()), PlanRun.TEAMS_SEARCH_PATH, List.of());
                }
            }
            List<String> differences = Comparison.ofCatalogs(before, down.facts());
            if (!differences.isEmpty()) {
                return downFile(file, Rehearsal.DownVerdict.FICTION, "it leaves another catalog", differences);
            }
        } catch (StatementFailed e) {
            return downFile(file, Rehearsal.DownVerdict.FICTION, "it fails: " + e.getMessage(), List.of());
        }
        if (lossy.contains(file.version())) {
            return downFile(file, Rehearsal.DownVerdict.LOSSY, "what the file destroys does not come back", List.of());
        }
        return destroys
                ? downFile(file, Rehearsal.DownVerdict.LOSSY, "what was written since is lost", List.of())
                : downFile(file, Rehearsal.DownVerdict.RESTORES, "the catalog is as before", List.of());
    }

    private Rehearsal.DownFile downFile(MigrationFile file, Rehearsal.DownVerdict verdict, String note,
            List<String> differences) {
        return new Rehearsal.DownFile(file.version(), file.path(), verdict, note, differences, ourUndo(file));
    }

    private String ourUndo(MigrationFile file) {
        List<Step> steps = plan.steps().stream()
                .filter(step -> step.source().filter(source -> source.path().equals(file.path())).isPresent()).toList();
        String loss = steps.stream().filter(step -> step.undo().filter(undo -> !undo.lossless()).isPresent())
                .map(Step::id).collect(Collectors.joining(", "));
        Optional<Step> end = steps.stream()
                .filter(step -> step.gate().equals(Optional.of(Gate.FINALIZE))).findFirst();
        return "the catalog is as before"
                + (loss.isEmpty() ? ", nothing is lost" : ", with loss of what was written since by " + loss)
                + end.map(step -> "; from " + step.id() + " on there is no way back").orElse("");
    }

    private static boolean destroys(Analysis analysis) {
        return analysis.hazards().contains(Hazard.DATA_LOSS) || analysis.hazards().contains(Hazard.IRREVERSIBLE);
    }

    private Optional<List<SourceStatement>> parse(String path, String sql) {
        return grammar.parse(sql) instanceof Parsed parsed
                ? Optional.of(SourceStatement.all(path, sql, parsed))
                : Optional.empty();
    }
}
