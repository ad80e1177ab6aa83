package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.planner.policy.DenyRules;
import io.lockkeeper.planner.release.ReleaseCheck;
import io.lockkeeper.planner.statement.NewerSyntax;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * The plan for a target that no application uses yet: the files as written, in order, one transaction each where
 * PostgreSQL lets them. Nobody is there to be blocked or broken, so there is nothing to watch and no gate to wait at; the
 * migration history that it leaves is the same.
 */
final class FreshPlan {

    private static final String IN_USE = "target-in-use";

    private final ReleaseRequested release;
    private final TargetSnapshot target;
    private final EvidenceProfile profile;
    private final PostgresGrammar grammar;
    private final DenyRules rules;
    private final Set<String> notes = new LinkedHashSet<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    FreshPlan(ReleaseRequested release, TargetSnapshot target, EvidenceProfile profile, PostgresGrammar grammar) {
        this.release = release;
        this.target = target;
        this.profile = profile;
        this.grammar = grammar;
        this.rules = new DenyRules(grammar, release.policy(), target.allowed(), true);
        notes.add("target " + release.target() + " is fresh: the files run as written, without gates");
        release.policy().exceptions().forEach(exception -> notes.add(Assembly.note(exception)));
    }

    Planner.Result plan(ReleaseCheck.Sound sound, Map<MigrationFile, List<SourceStatement>> statements) {
        List<String> signs = target.signsOfUse();
        if (!signs.isEmpty() && !release.policy().allows(IN_USE, release.target())) {
            return new Planner.Refused(List.of(new Refusal(IN_USE,
                    "the file of target " + release.target() + " says that it is fresh, but there is "
                            + String.join(", ", signs),
                    Optional.empty(), Optional.of("Files as written block and break whoever uses the database."),
                    Optional.of(
                            "Take fresh out of the target's file; or close what is connected; or, if it harms nobody,"
                                    + " name an exception " + IN_USE + " for " + release.target() + "."))));
        }
        sound.files().forEach(file -> add(file, statements.get(file)));
        if (!refusals.isEmpty()) {
            return new Planner.Refused(refusals);
        }
        steps.add(new Step(id("conclude"), Phase.MIGRATE, "Write the migration history", Optional.empty(),
                new Action.Conclude(Optional.empty()), List.of(), Optional.empty(), Optional.empty(), false,
                Optional.empty(), Optional.empty()));
        sound.present().forEach(version -> notes.add("version " + version + " is in the target's history already"));
        Watch watch = new Watch(Optional.empty(), List.of(), List.of(), release.invariants(), release.application(),
                profile, List.of(), release.rowRules(), release.gauges(), List.of(), release.copies(),
                release.probes());
        Plan plan = new Plan(release.target(), release.release(), target.catalog().serverVersion(), "",
                release.policy(), Assembly.versions(sound), List.of(), steps, watch, List.of(), List.copyOf(notes));
        return Assembly.checkSize(plan.withHash(PlanHash.of(plan)), target.catalog());
    }

    private void add(MigrationFile file, List<SourceStatement> statements) {
        FileScript script = new FileScript(grammar);
        for (SourceStatement statement : statements) {
            try {
                rules.require(statement).forEach(notes::add);
                NewerSyntax.refuse(statement.tree(), target.catalog());
                script.add(statement).ifPresent(left -> notes.add(left + " (" + file.path() + ", line "
                        + statement.parsed().startLine() + ")"));
            } catch (RefusedStatement e) {
                refusals.add(new Refusal(e.code(), e.getMessage(), Optional.of(statement.location()), e.hazard(),
                        e.advice()));
            }
        }
        script.parts().forEach(part -> steps.add(new Step(id(file.version()), Phase.EXPAND,
                "Run " + file.path() + " as written, from line " + part.first().parsed().startLine(), Optional.empty(),
                new Action.AsWritten(part.statements(), part.transactional()), List.of(),
                Optional.of(new Step.Undo(List.of(), List.of(), false,
                        "not taken back: nobody uses the database, make it anew")),
                Optional.empty(), false, Optional.of(part.first().source()), Optional.empty())));
    }

    private String id(String slug) {
        return String.format(Locale.ROOT, "%03d-%s", (steps.size() + 1) * 10,
                slug.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-"));
    }
}
