package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.ParseResult;
import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxError;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.catalog.Catalog;
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

    public record Planned(Plan plan) implements Result {}

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

    /** What is wrong with a release, whatever its target: nothing, or every reason. */
    public List<Refusal> check(ReleaseRequested release) {
        List<Refusal> refusals = new ArrayList<>(ReleaseCheck.files(release));
        if (profile(release).isEmpty()) {
            refusals.add(new Refusal("unknown-profile",
                    "there is no evidence profile " + release.policy().profile(), Optional.empty(), Optional.empty(),
                    Optional.of("Use one of " + String.join(", ", Profiles.names()) + ".")));
        }
        for (MigrationFile file : release.files()) {
            if (grammar.parse(file.sql()) instanceof SyntaxError error) {
                refusals.add(syntaxError(file, error));
            }
        }
        return refusals;
    }

    /**
     * @param eventId  of the release event: names publication and slot
     * @param snapshot of the release's target; stays open
     */
    public Result plan(ReleaseRequested release, String eventId, TargetSnapshot snapshot) {
        List<Refusal> unsound = check(release);
        if (!unsound.isEmpty()) {
            return new Refused(unsound);
        }
        if (ReleaseCheck.against(release, snapshot.migrations()) instanceof ReleaseCheck.Sound sound) {
            return plan(release, eventId, snapshot, sound);
        }
        return new Refused(((ReleaseCheck.Unsound) ReleaseCheck.against(release, snapshot.migrations())).refusals());
    }

    private Result plan(ReleaseRequested release, String eventId, TargetSnapshot snapshot, ReleaseCheck.Sound sound) {
        boolean oldVersion = release.application().fromVersion().isPresent();
        Rewriter rewriter = new Rewriter(grammar, release.release(), release.policy(), oldVersion);
        Assembly assembly = new Assembly(release, eventId, snapshot.catalog(), profile(release).orElseThrow());
        List<Refusal> refusals = new ArrayList<>();
        Catalog catalog = snapshot.catalog();
        for (MigrationFile file : sound.files()) {
            for (SourceStatement statement : statements(file)) {
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
        if (!refusals.isEmpty()) {
            return new Refused(refusals);
        }
        return assembly.plan(sound, snapshot::fingerprint);
    }

    private static Optional<EvidenceProfile> profile(ReleaseRequested release) {
        return Profiles.find(release.policy().profile(), release.policy().swapCompatible(),
                release.application().fromVersion().isPresent());
    }

    private List<SourceStatement> statements(MigrationFile file) {
        ParseResult result = grammar.parse(file.sql());
        List<SourceStatement> statements = new ArrayList<>();
        for (ParsedStatement parsed : ((Parsed) result).statements()) {
            statements.add(new SourceStatement(file.path(), parsed.index() + 1, parsed));
        }
        return statements;
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
