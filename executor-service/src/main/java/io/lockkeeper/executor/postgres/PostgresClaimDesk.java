package io.lockkeeper.executor.postgres;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.claim.ClaimDesk;
import io.lockkeeper.executor.claim.ClaimRules;
import io.lockkeeper.executor.fault.CrashPoints;
import io.lockkeeper.executor.recovery.DatabaseIdentity;
import io.lockkeeper.executor.recovery.Pooler;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.OutcomeEvent.RunChanged;
import io.lockkeeper.messages.OutcomeEvent.RunRefused;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.WireNames;
import io.lockkeeper.target.Credential;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetRegistry;

/** Claims plans into the ledger; makes the ledger at the first one. */
public final class PostgresClaimDesk implements ClaimDesk {

    private final TargetRegistry targets;
    private final MigratorSessions sessions;
    private final Outbox outbox;
    private final CrashPoints crash;
    private final Consumer<String> afterWrite;

    /** @param afterWrite told the target's name when its ledger has something new */
    public PostgresClaimDesk(TargetRegistry targets, MigratorSessions sessions, Outbox outbox, CrashPoints crash,
            Consumer<String> afterWrite) {
        this.targets = targets;
        this.sessions = sessions;
        this.outbox = outbox;
        this.crash = crash;
        this.afterWrite = afterWrite;
    }

    @Override
    public Claim claim(Envelope envelope, Plan plan) {
        Optional<Target> target = targets.find(plan.target());
        if (target.isEmpty()) {
            return new UnknownTarget();
        }
        Claim claim = sessions.briefly(target.get(), "claim", session -> {
            prepare(session, target.get());
            // Asked outside a transaction: in one, a transaction pooler keeps the backend.
            Optional<String> pooler = Pooler.advice(session);
            Optional<String> history = TeamTable.of(target.get()).filter(table -> !table.present(session))
                    .map(table -> table.missing(plan.target()));
            return session.transaction(() -> claim(session, envelope, plan, pooler, history));
        });
        crash.claimCommitted();
        afterWrite.accept(plan.target());
        return claim;
    }

    /** Makes the ledger, or what is new in it, and lets those read it who have to. */
    static void prepare(Session session, Target target) {
        String wanted = "ledger of Lockkeeper, " + LedgerSchema.VERSION;
        if (wanted.equals(session.query(LedgerSchema.PRESENT).get(0).getString("version"))) {
            return;
        }
        session.transaction(() -> {
            session.query("SELECT pg_advisory_xact_lock(hashtextextended('lockkeeper ledger', 0))");
            session.execute(LedgerSchema.DDL);
            session.execute("COMMENT ON SCHEMA lockkeeper IS " + Identifier.literal(wanted));
            Set<String> readers = Stream.of(Role.OBSERVER, Role.PLANNER, Role.CDC).map(target::credential)
                    .map(Credential::user).filter(user -> !user.equals(target.credential(Role.MIGRATOR).user()))
                    .collect(Collectors.toSet());
            for (String reader : readers) {
                if (roleExists(session, reader)) {
                    session.execute("GRANT USAGE ON SCHEMA lockkeeper, lockkeeper_sync TO " + Identifier.quote(reader)
                            + "; GRANT SELECT ON ALL TABLES IN SCHEMA lockkeeper TO " + Identifier.quote(reader));
                }
            }
            target.ownerRole().ifPresent(owner -> session
                    .execute("GRANT USAGE, CREATE ON SCHEMA lockkeeper_sync TO " + Identifier.quote(owner)));
            return null;
        });
    }

    /** Until the transaction ends nobody else claims, or reverts, a run. */
    static void oneAtATime(Session session) {
        session.query("SELECT pg_advisory_xact_lock(hashtextextended('lockkeeper claim', 0))");
    }

    private static boolean roleExists(Session session, String role) {
        return !session.query("SELECT FROM pg_roles WHERE rolname = $1::text", role).isEmpty();
    }

    private Claim claim(Session session, Envelope envelope, Plan plan, Optional<String> pooler,
            Optional<String> history) {
        String run = ClaimRules.run(plan.target(), envelope.id());
        // One at a time: the check for an open run and the run itself belong together.
        oneAtATime(session);
        Optional<Claim> earlier = earlier(session, envelope);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Optional<Failure> refusal = ClaimRules.refusal(plan, standing(session, plan, pooler, history));
        Claim claim = refusal.<Claim>map(failure -> new Refused(run, failure.code())).orElseGet(() -> new Claimed(run));
        session.query("""
                INSERT INTO lockkeeper.inbox (source, id, type, answer)
                VALUES ($1::text, $2::text, $3::text, $4::text::jsonb)
                """, envelope.source().toString(), envelope.id(), envelope.type(),
                Outbox.json(Map.of("run", run, "refused", refusal.map(Failure::code).orElse(""))));
        if (refusal.isPresent()) {
            outbox.put(session, run + "/refused", envelope.correlation(), Optional.of(envelope.id()), new RunRefused(
                    plan.target(), plan.release(), run, plan.hash(), refusal.get(), Instant.now()));
        } else {
            insert(session, envelope, plan, run);
        }
        return claim;
    }

    private static Optional<Claim> earlier(Session session, Envelope envelope) {
        return session.query("""
                SELECT answer ->> 'run' AS run, answer ->> 'refused' AS refused FROM lockkeeper.inbox
                WHERE source = $1::text AND id = $2::text
                """, envelope.source().toString(), envelope.id()).stream().findFirst()
                .map(row -> row.getString("refused").isEmpty()
                        ? new Claimed(row.getString("run"))
                        : new Refused(row.getString("run"), row.getString("refused")));
    }

    private static ClaimRules.Standing standing(Session session, Plan plan, Optional<String> pooler,
            Optional<String> history) {
        DatabaseIdentity database = PostgresTargetLedger.identity(session);
        session.query("""
                INSERT INTO lockkeeper.target (name, system_identifier, timeline)
                VALUES ($1::text, $2::text, $3::int) ON CONFLICT (name) DO NOTHING
                """, plan.target(), database.systemIdentifier(), database.timeline());
        Row row = session.query("""
                SELECT t.system_identifier, t.timeline FROM lockkeeper.target t WHERE t.name = $1::text
                """, plan.target()).get(0);
        List<String> applied = session.query("""
                SELECT version FROM lockkeeper.migration WHERE version = ANY ($1::text[]) ORDER BY version
                """, (Object) plan.files().stream().map(Plan.FileVersion::version).toArray(String[]::new)).stream()
                .map(each -> each.getString("version")).toList();
        return new ClaimRules.Standing(RunReader.openPlans(session, plan.target()), applied, database,
                new DatabaseIdentity(row.getString("system_identifier"), row.getInteger("timeline")), pooler,
                history);
    }

    private void insert(Session session, Envelope envelope, Plan plan, String run) {
        session.query("""
                INSERT INTO lockkeeper.plan (hash, release, body) VALUES ($1::text, $2::text, $3::text)
                ON CONFLICT (hash) DO NOTHING
                """, plan.hash(), plan.release(), Outbox.json(plan));
        session.query("""
                INSERT INTO lockkeeper.run (id, target, release, plan_hash, state, correlation, causation)
                VALUES ($1::text, $2::text, $3::text, $4::text, 'CLAIMED', $5::text, $6::text)
                """, run, plan.target(), plan.release(), plan.hash(), envelope.correlation().orElse(null),
                envelope.id());
        session.query("""
                INSERT INTO lockkeeper.step (run, ordinal, id, phase, gate, title, kind)
                SELECT $1::text, place - 1, id, phase, gate, title, kind
                FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
                  WITH ORDINALITY AS step (id, phase, gate, title, kind, place)
                """, run, each(plan, Step::id), each(plan, step -> step.phase().name()),
                each(plan, step -> step.gate().map(Gate::wireName).orElse(null)), each(plan, Step::title),
                each(plan, step -> WireNames.kind(step.action())));
        outbox.put(session, run + "/run/CLAIMED", envelope.correlation(), Optional.of(envelope.id()), new RunChanged(
                plan.target(), plan.release(), run, plan.hash(), RunState.CLAIMED, Optional.empty(), Instant.now()));
    }

    private static String[] each(Plan plan, Function<Step, String> value) {
        return plan.steps().stream().map(value).toArray(String[]::new);
    }
}
