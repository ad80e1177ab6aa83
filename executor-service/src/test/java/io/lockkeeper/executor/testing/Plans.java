package io.lockkeeper.executor.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.messages.Step.Undo;
import io.lockkeeper.messages.Watch;

/** Plans written by hand. */
public final class Plans {

    private final String target;
    private final String release;
    private final List<Step> steps = new ArrayList<>();
    private final List<Plan.Precondition> preconditions = new ArrayList<>();
    private final List<Plan.FileVersion> files = new ArrayList<>();
    private Optional<Watch.Stream> stream = Optional.empty();
    private Duration overdue = Duration.ofSeconds(60);

    private Plans(String target, String release) {
        this.target = target;
        this.release = release;
    }

    public static Plans of(String target, String release) {
        return new Plans(target, release);
    }

    public static RelationName table(String name) {
        return RelationName.of("public", name);
    }

    public static Action ddl(String... statements) {
        return new Action.Ddl(List.of(statements));
    }

    public static List<LockClaim> exclusive(String table) {
        return List.of(new LockClaim(table(table), LockMode.ACCESS_EXCLUSIVE));
    }

    public static List<LockClaim> shareUpdate(String table) {
        return List.of(new LockClaim(table(table), LockMode.SHARE_UPDATE_EXCLUSIVE));
    }

    public static Optional<Undo> undo(List<LockClaim> locks, String... statements) {
        return Optional.of(new Undo(List.of(ddl(statements)), locks, true, ""));
    }

    public Plans step(String id, Phase phase, Gate gate, Action action, List<LockClaim> locks, Optional<Undo> undo) {
        return step(new Step(id, phase, id.replace('-', ' '), Optional.ofNullable(gate), action, locks, undo,
                Optional.empty(), false, Optional.empty(), Optional.empty()));
    }

    public Plans step(Step step) {
        steps.add(step);
        return this;
    }

    public Plans expand(String id, Action action, String... exclusive) {
        return step(id, Phase.EXPAND, null, action, claims(exclusive), Optional.empty());
    }

    public Plans migrate(String id, Action action) {
        return step(id, Phase.MIGRATE, null, action, List.of(), Optional.empty());
    }

    public Plans contract(String id, Gate gate, Action action, String... exclusive) {
        return step(id, Phase.CONTRACT, gate, action, claims(exclusive), Optional.empty());
    }

    public Plans pointOfNoReturn(String id, Gate gate, Action action, String... exclusive) {
        return step(new Step(id, Phase.CONTRACT, id, Optional.of(gate), action, claims(exclusive), Optional.empty(),
                Optional.empty(), true, Optional.empty(), Optional.empty()));
    }

    public Plans precondition(String table, String fingerprint) {
        preconditions.add(new Plan.Precondition(table(table), fingerprint));
        return this;
    }

    public Plans file(String version) {
        files.add(new Plan.FileVersion(version, "migrations/V" + version + "__add_note.sql", "sha256:" + "0".repeat(64),
                Optional.of(4711)));
        return this;
    }

    public Plans overdueAfter(Duration duration) {
        overdue = duration;
        return this;
    }

    /** Publication and slot of one name. */
    public Plans stream(String name) {
        stream = Optional.of(new Watch.Stream(name, name));
        return this;
    }

    /** With the concluding step. */
    public Plan build() {
        boolean contracts = steps.stream().anyMatch(step -> step.phase() == Phase.CONTRACT);
        List<Step> all = new ArrayList<>(steps);
        all.add(new Step("999-conclude", contracts ? Phase.CONTRACT : Phase.MIGRATE, "conclude",
                contracts ? Optional.of(Gate.WATCHED) : Optional.empty(), new Action.Conclude(stream),
                List.of(), Optional.empty(), Optional.empty(), false, Optional.empty(), Optional.empty()));
        EvidenceProfile profile = new EvidenceProfile("demo", Duration.ofMillis(500), 3, Duration.ofSeconds(5),
                Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(60), overdue, 0, Map.of());
        Watch watch = new Watch(stream, List.of(), List.of(), List.of(),
                new Application("shop", Optional.of("1"), "2", Optional.empty(), Optional.empty()), profile);
        Plan plan = new Plan(target, release, 180000, "", new Policy("demo", Duration.ofMillis(500), false, false,
                false, List.of()), files, preconditions, all, watch, List.of(), List.of());
        return plan.withHash(PlanHash.of(plan));
    }

    private static List<LockClaim> claims(String... tables) {
        List<LockClaim> claims = new ArrayList<>();
        for (String table : tables) {
            claims.addAll(exclusive(table));
        }
        return claims;
    }
}
