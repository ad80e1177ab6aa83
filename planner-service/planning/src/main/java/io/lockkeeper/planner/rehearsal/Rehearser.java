package io.lockkeeper.planner.rehearsal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Rehearsal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.analysis.Analyzer;
import io.lockkeeper.planner.analysis.Hazard;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.plan.Rehearsals;
import io.lockkeeper.planner.rehearsal.ScratchDatabase.Loaded;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * Rehearses on copies of the target's schema: one runs the plan up to the point of no return, back by its undo and
 * forward to the end; another runs the statements as written, with the team's down files. Both must end alike.
 *
 * <p>
 * The copy is made from the catalog, as {@link io.lockkeeper.planner.plan.SchemaObject}s, and is held against the
 * fingerprints of the plan's preconditions: what is rehearsed is what will be changed, or the rehearsal fails.
 */
public final class Rehearser implements Rehearsals {

    private static final int MAJOR = 10_000;

    private final ScratchServer server;
    private final PostgresGrammar grammar;

    public Rehearser(ScratchServer server, PostgresGrammar grammar) {
        this.server = server;
        this.grammar = grammar;
    }

    @Override
    public Result rehearse(ReleaseRequested release, Plan plan, Origin origin) {
        Findings findings = new Findings();
        int version = server.version();
        if (version / MAJOR != plan.serverVersion() / MAJOR) {
            findings.add("rehearsal-server-version",
                    "the scratch server is PostgreSQL " + version / MAJOR + ", the target "
                            + plan.serverVersion() / MAJOR,
                    Optional.empty(), "Locks and rewrites differ from one major version to the next.",
                    "Rehearse on a server of the target's version: --scratch postgresql://…, or its programs installed"
                            + " on this machine.");
            return new Failed(findings.refusals());
        }
        try (ScratchDatabase copy = server.create()) {
            Loaded loaded = copy.load(origin.schema(), origin.sample());
            requireFaithful(plan, copy, loaded.missing(), findings);
            if (!findings.none()) {
                return new Failed(findings.refusals());
            }
            copy.disconnect();
            return rehearse(release, plan, origin, copy, loaded, version, findings);
        }
    }

    private Result rehearse(ReleaseRequested release, Plan plan, Origin origin, ScratchDatabase copy,
            Loaded loaded, int version, Findings findings) {
        List<Rehearsal.StepTrace> steps = new ArrayList<>();
        List<String> planned;
        try (ScratchDatabase database = server.copy(copy)) {
            steps.addAll(new PlanRun(plan, unknown(release, origin), database, findings).run());
            if (findings.none()) {
                new BodyRun(grammar, release, findings).run(copy, database, origin.catalog());
            }
            planned = findings.none() ? database.facts() : List.of();
        }
        if (!findings.none()) {
            return new Failed(findings.refusals());
        }
        copy.disconnect();
        WrittenRun written = new WrittenRun(server, grammar, release, plan, findings);
        written.run(copy, origin.catalog(), planned);
        return findings.none()
                ? new Passed(new Rehearsal(plan.hash(), version, steps, written.statements(), written.downFiles(),
                        loaded.missing(), loaded.rows()))
                : new Failed(findings.refusals());
    }

    private static void requireFaithful(Plan plan, ScratchDatabase copy, List<String> missing, Findings findings) {
        for (Plan.Precondition precondition : plan.preconditions()) {
            if (!copy.fingerprint(precondition.relation()).equals(precondition.fingerprint())) {
                findings.add("rehearsal-not-faithful",
                        "the scratch copy of " + precondition.relation() + " is not like the target's"
                                + (missing.isEmpty() ? "" : "; not copied: " + Findings.shown(missing)),
                        Optional.empty(), "What is rehearsed would not be what is changed.",
                        "Give the scratch server what it lacks, such as an extension, or rehearse by hand.");
            }
        }
    }

    /** Statements that run as written, by a named exception, because nobody can tell what they lock. */
    private Set<Step.Source> unknown(ReleaseRequested release, Origin origin) {
        Set<Step.Source> unknown = new HashSet<>();
        Analyzer analyzer = new Analyzer(grammar);
        Catalog catalog = origin.catalog();
        for (MigrationFile file : release.files()) {
            if (grammar.parse(file.sql()) instanceof Parsed parsed) {
                for (ParsedStatement one : parsed.statements()) {
                    SourceStatement statement = new SourceStatement(file.path(), one.index() + 1, one);
                    Analyzer.Outcome outcome = analyzer.read(statement, catalog);
                    if (outcome.analysis().hazards().contains(Hazard.UNKNOWN)) {
                        unknown.add(statement.source());
                    }
                    catalog = outcome.after();
                }
            }
        }
        return unknown;
    }
}
