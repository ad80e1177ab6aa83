package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.ParseResult;
import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxError;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.policy.DenyRules;
import io.lockkeeper.planner.release.AppliedMigration;
import io.lockkeeper.planner.release.ReleaseCheck;
import io.lockkeeper.planner.rewrite.Rewriter;
import io.lockkeeper.planner.rewrite.Rewritten;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * Turns a release into a plan: each statement made safe on the catalog that the ones before it leave, then all steps
 * sorted into expand, migrate and contract. Stateless and deterministic: the same release on the same catalog gives the
 * same plan, hash included.
 */
public final class Planner {

    public sealed interface Result {}

    /** @param after the catalog once the plan has run, as far as it is folded: a fresh target's is not */
    public record Planned(Plan plan, Catalog after) implements Result {}

    /** Every reason that was found, in the order of the files. */
    public record Refused(List<Refusal> refusals) implements Result {

        public Refused {
            refusals = List.copyOf(refusals);
        }
    }

    /** A statement that is missing something which a refused one before it would have made is not refused as well. */
    private static final Set<String> CONSEQUENCES = Set.of("no-such-relation", "no-such-column", "no-such-type",
            "no-such-function", "no-such-constraint", "no-such-index", "no-such-schema", "column-in-change");

    private final PostgresGrammar grammar;

    public Planner(PostgresGrammar grammar) {
        this.grammar = grammar;
    }

    /** What became of reading a release, before anybody looks at its target. */
    public sealed interface Reading {}

    /** Sound so far: its files parse. */
    public record Readable(ReleaseRequested release, Map<MigrationFile, List<SourceStatement>> statements,
            EvidenceProfile profile) implements Reading {}

    public record Unreadable(List<Refusal> refusals) implements Reading {

        public Unreadable {
            refusals = List.copyOf(refusals);
        }
    }

    /** Parses a release's files; finds whatever is wrong with it on any target. */
    public Reading read(ReleaseRequested release) {
        List<Refusal> refusals = new ArrayList<>(ReleaseCheck.files(release));
        Optional<EvidenceProfile> profile = profile(release);
        if (profile.isEmpty()) {
            refusals.add(new Refusal("unknown-profile",
                    "there is no evidence profile " + release.policy().profile(), Optional.empty(), Optional.empty(),
                    Optional.of("Use one of " + String.join(", ", Profiles.names()) + ".")));
        }
        Map<MigrationFile, List<SourceStatement>> statements = new HashMap<>();
        for (MigrationFile file : release.files()) {
            ParseResult result = grammar.parse(file.sql());
            if (result instanceof SyntaxError error) {
                refusals.add(syntaxError(file, error));
            } else {
                statements.put(file, SourceStatement.all(file.path(), file.sql(), (Parsed) result));
            }
        }
        return refusals.isEmpty()
                ? new Readable(release, Map.copyOf(statements), profile.orElseThrow())
                : new Unreadable(refusals);
    }

    /**
     * @param eventId  of the release event: names publication and slot
     * @param snapshot of the release's target; stays open
     */
    public Result plan(Readable readable, String eventId, TargetSnapshot snapshot) {
        List<AppliedMigration> history = new ArrayList<>(snapshot.migrations());
        snapshot.underWay().forEach(open -> open.files().forEach(
                file -> history.add(new AppliedMigration(file.version(), file.path(), file.checksum()))));
        ReleaseCheck.Result checked = ReleaseCheck.against(readable.release(), history);
        Result result = checked instanceof ReleaseCheck.Sound sound
                ? plan(readable, eventId, snapshot, sound)
                : new Refused(((ReleaseCheck.Unsound) checked).refusals());
        return result instanceof Planned planned ? besideOthers(planned, snapshot.underWay()) : result;
    }

    /**
     * Beside releases that are under way, which may wait at their gates for days. What this one touches they leave alone, so
     * that the catalog as it is now is, for it, the catalog as it will be.
     */
    private static Result besideOthers(Planned planned, List<Plan> underWay) {
        for (Plan open : underWay) {
            Optional<String> shared = planned.plan().sharedWith(open);
            if (shared.isPresent()) {
                return new Refused(List.of(new Refusal("release-under-way",
                        "release " + open.release() + " is under way on " + open.target() + " and touches "
                                + shared.get() + " too",
                        Optional.empty(),
                        Optional.of("What it leaves of it is decided at its gates, and not known yet."),
                        Optional.of(
                                "Wait until it has ended, or abort it, then release again. What touches other objects"
                                        + " may run beside it."))));
            }
        }
        return planned;
    }

    private Result plan(Readable readable, String eventId, TargetSnapshot snapshot, ReleaseCheck.Sound sound) {
        ReleaseRequested release = readable.release();
        if (snapshot.fresh()) {
            return new FreshPlan(release, snapshot, readable.profile(), grammar).plan(sound, readable.statements());
        }
        Rewriter rewriter = new Rewriter(grammar,
                new DenyRules(grammar, release.policy(), snapshot.allowed(), false), release.release(),
                release.policy(), release.application().fromVersion().isPresent());
        Assembly assembly = new Assembly(release, eventId, snapshot, readable.profile(), grammar);
        List<Refusal> refusals = new ArrayList<>();
        Catalog catalog = snapshot.catalog();
        for (MigrationFile file : sound.files()) {
            for (SourceStatement statement : readable.statements().get(file)) {
                Rewritten rewritten = rewriter.rewrite(statement, catalog);
                if (rewritten instanceof Rewritten.Safe safe) {
                    assembly.add(statement, safe.sequence());
                    catalog = safe.sequence().after();
                } else {
                    Refusal refusal = ((Rewritten.Refused) rewritten).refusal();
                    if (refusals.isEmpty() || !CONSEQUENCES.contains(refusal.code())) {
                        refusals.add(refusal);
                    }
                }
            }
        }
        return refusals.isEmpty() ? assembly.plan(sound) : new Refused(refusals);
    }

    private static Optional<EvidenceProfile> profile(ReleaseRequested release) {
        return Profiles.find(release.policy(), release.application().fromVersion().isPresent());
    }

    private Refusal syntaxError(MigrationFile file, SyntaxError error) {
        String line = file.sql().lines().skip(Math.max(0, error.line() - 1L)).findFirst().orElse("").strip();
        return new Refusal("syntax-error",
                file.path() + ", line " + error.line() + ", column " + error.column() + ": " + error.message(),
                Optional.of(new Refusal.Location(file.path(), error.line(), statementAt(file, error), line)),
                Optional.empty(),
                Optional.of("Only SQL is read: no psql commands, no COPY data. Mend the statement."));
    }

    /** The statement with the error: the one after those that parse before it. */
    private int statementAt(MigrationFile file, SyntaxError error) {
        int semicolon = file.sql().lastIndexOf(';', Math.max(0, error.offset() - 1));
        while (semicolon >= 0) {
            if (grammar.parse(file.sql().substring(0, semicolon + 1)) instanceof Parsed parsed) {
                return parsed.statements().size() + 1;
            }
            semicolon = file.sql().lastIndexOf(';', semicolon - 1);
        }
        return 1;
    }
}
