package io.lockkeeper.planner.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.lockkeeper.grammar.ParseResult;
import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxError;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.planner.analysis.Analysis;
import io.lockkeeper.planner.analysis.Analyzer;
import io.lockkeeper.planner.analysis.Finding;
import io.lockkeeper.planner.analysis.Rule;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.rewrite.Draft;
import io.lockkeeper.planner.rewrite.Rewriter;
import io.lockkeeper.planner.rewrite.Rewritten;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * Says of each statement of a release what it does as written and what the planner makes of it. Unlike a plan, a review
 * goes on behind a statement that is refused: as if it had run as written.
 */
final class StatementReviewer {

    private final PostgresGrammar grammar;
    private final boolean complete;
    private final boolean undoLocks;
    private final Executor beside;
    private final Analyzer analyzer;
    private final Set<String> unknown = new HashSet<>();

    /**
     * @param complete  is the catalog all there is? If not, what a statement names is taken to exist
     * @param undoLocks are the locks of each undo wanted?
     * @param beside    for what no other statement's review waits for
     */
    StatementReviewer(PostgresGrammar grammar, boolean complete, boolean undoLocks, Executor beside) {
        this.grammar = grammar;
        this.analyzer = new Analyzer(grammar);
        this.complete = complete;
        this.undoLocks = undoLocks;
        this.beside = beside;
    }

    /** A file as the grammar reads it. */
    record Source(MigrationFile file, ParseResult parsed) {}

    /** @param after the catalog once all statements have run as written */
    record Review(List<CompletableFuture<Reviewed>> statements, Catalog after) {

        Review {
            statements = List.copyOf(statements);
        }
    }

    Source read(MigrationFile file) {
        return new Source(file, grammar.parse(file.sql()));
    }

    Review review(ReleaseRequested release, Iterator<Source> files, Catalog before) {
        Rewriter rewriter = rewriter(release, release.policy());
        Rewriter strict = rewriter(release, withoutExceptions(release.policy()));
        List<CompletableFuture<Reviewed>> statements = new ArrayList<>();
        Catalog written = before;
        Catalog planned = before;
        while (files.hasNext()) {
            Source source = files.next();
            if (source.parsed() instanceof SyntaxError error) {
                statements.add(CompletableFuture.completedFuture(unreadable(source.file(), error)));
                continue;
            }
            for (SourceStatement statement : SourceStatement.all(source.file().path(), source.file().sql(),
                    (Parsed) source.parsed())) {
                Catalog known = complete ? planned : Assumption.complete(statement, planned);
                Analyzer.Outcome asWritten = analyzer.read(statement, written);
                Rewritten rewritten = rewriter.rewrite(statement, known);
                boolean excepted = !release.policy().exceptions().isEmpty()
                        && strict.rewrite(statement, known) instanceof Rewritten.Refused;
                statements.add(reviewed(statement, asWritten.analysis(), rewritten, excepted, known));
                planned = rewritten instanceof Rewritten.Safe safe
                        ? safe.sequence().after()
                        : Definitions.complete(analyzer.after(statement, planned));
                written = asWritten.after();
            }
        }
        return new Review(statements, written);
    }

    /** The catalog as a file leaves it that nobody wants reviewed; one that cannot be read leaves it as it was. */
    Catalog fold(Source source, Catalog before) {
        Catalog after = before;
        if (source.parsed() instanceof Parsed parsed) {
            for (ParsedStatement one : parsed.statements()) {
                after = analyzer.after(new SourceStatement(source.file().path(), one.index() + 1, one), after);
            }
        }
        return after;
    }

    private Rewriter rewriter(ReleaseRequested release, Policy policy) {
        return new Rewriter(grammar, release.release(), policy, release.application().fromVersion().isPresent());
    }

    private static Policy withoutExceptions(Policy policy) {
        return new Policy(policy.profile(), policy.lockBudget(), policy.withoutStream(), policy.oldWritersCompatible(),
                policy.swapCompatible(), List.of());
    }

    /** What the findings say is settled at once and in order; how the steps compare with the text may take its time. */
    private CompletableFuture<Reviewed> reviewed(SourceStatement statement, Analysis analysis, Rewritten rewritten,
            boolean excepted, Catalog before) {
        List<Finding> findings = new ArrayList<>();
        if (rewritten instanceof Rewritten.Refused refused) {
            findings.add(finding(refused.refusal()));
        }
        // A rule that refuses has said it already; that nobody knows a relation is said once, however often it is named.
        List<String> said = findings.stream().map(Finding::rule).toList();
        analysis.findings().stream().filter(finding -> !said.contains(finding.rule()))
                .filter(finding -> !finding.rule().equals(Rule.UNKNOWN_RELATION.id()) || unknown.add(finding.message()))
                .forEach(findings::add);
        if (!(rewritten instanceof Rewritten.Safe safe)) {
            return CompletableFuture.completedFuture(
                    reviewed(statement, analysis, Verdict.REFUSED, findings, List.of()));
        }
        List<Draft> steps = safe.sequence().drafts();
        return CompletableFuture.supplyAsync(() -> {
            StepStatements parsed = new StepStatements(grammar,
                    undoLocks ? UndoLocks.actions(steps) : steps.stream().map(Draft::action));
            Verdict verdict = excepted
                    ? Verdict.EXCEPTED
                    : AsWritten.runs(statement, steps, parsed) ? Verdict.SAFE : Verdict.REWRITTEN;
            return reviewed(statement, analysis, verdict, findings, undoLocks
                    ? UndoLocks.of(steps.stream().sorted(Comparator.comparing(Draft::stage)).toList(), grammar, parsed,
                            before)
                    : steps);
        }, beside);
    }

    private static Reviewed reviewed(SourceStatement statement, Analysis analysis, Verdict verdict,
            List<Finding> findings, List<Draft> steps) {
        Refusal.Location at = statement.location();
        return new Reviewed(at.path(), at.line(), at.statement(), at.text(), analysis.kind(), analysis.locks(),
                analysis.rewrites(), analysis.scans(), verdict, findings, steps);
    }

    private static Reviewed unreadable(MigrationFile file, SyntaxError error) {
        String line = file.sql().lines().skip(error.line() - 1L).findFirst().orElse("").strip();
        Finding finding = new Finding("syntax-error", Severity.P1, "column " + error.column() + ": " + error.message(),
                "Only SQL is read: no psql commands, no COPY data. Mend the statement.");
        return new Reviewed(file.path(), error.line(), 1, line, "UNREADABLE", List.of(), List.of(), List.of(),
                Verdict.REFUSED, List.of(finding), List.of());
    }

    private static Finding finding(Refusal refusal) {
        Optional<String> hazard = refusal.hazard();
        return new Finding(refusal.code(), Severity.P1,
                refusal.message() + hazard.map(text -> ". " + text).orElse(""), refusal.advice().orElse(""));
    }
}
