package io.lockkeeper.planner.report;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Watch;

/**
 * A plan as one SQL script in running order, for anyone to read or to run with psql. What the executor and the observer
 * would do besides stands in comments: by hand nobody watches, so each gate says what to make sure of.
 */
public final class ApplyOrder {

    private static final String SYNC_SCHEMA = "lockkeeper_sync";

    private final Plan plan;
    private final StringBuilder script = new StringBuilder();
    private String lockTimeout = "";

    private ApplyOrder(Plan plan) {
        this.plan = plan;
    }

    public static String of(Plan plan) {
        return new ApplyOrder(plan).write();
    }

    private String write() {
        comment("Release " + plan.release() + " on " + plan.target() + ", plan " + plan.hash());
        comment("made for PostgreSQL " + plan.serverVersion() / 10_000 + ", " + plan.steps().size() + " steps.");
        comment("Run it with psql -v ON_ERROR_STOP=1 -f, or step by step. Not as one transaction.");
        comment("The migration history is not written: that is the executor's.");
        line("");
        line("SET search_path = pg_catalog;");
        boolean synchronises = plan.steps().stream()
                .anyMatch(step -> StepSql.script(List.of(step.action())).contains(SYNC_SCHEMA));
        if (synchronises) {
            line("CREATE SCHEMA IF NOT EXISTS " + quote(SYNC_SCHEMA) + ";");
        }
        Set<Gate> opened = new HashSet<>();
        for (Step step : plan.steps()) {
            step.gate().filter(opened::add).ifPresent(this::gate);
            step(step);
        }
        if (synchronises) {
            dropSyncSchema();
        }
        return script.toString();
    }

    /** Unless somebody else's functions are in it: the executor's, or another script's. */
    private void dropSyncSchema() {
        line("");
        line("""
                DO $$ BEGIN
                  DROP SCHEMA %s RESTRICT;
                EXCEPTION WHEN dependent_objects_still_exist THEN
                  NULL;
                END $$;""".formatted(quote(SYNC_SCHEMA)));
    }

    private void gate(Gate gate) {
        line("");
        comment("==== gate " + gate.wireName() + ": " + asks(gate));
        for (Watch.ParityPair pair : plan.watch().pairs()) {
            if (pair.gates().contains(gate)) {
                line("SELECT count(*) AS must_be_zero FROM " + pair.relation().quoted() + " WHERE " + pair.differs()
                        + ";");
            }
        }
        if (gate == Gate.CONTRACT || gate == Gate.FINALIZE) {
            plan.watch().invariants().forEach(invariant -> {
                comment("invariant " + invariant.name() + " must return no rows");
                statement(invariant.sql());
            });
        }
    }

    private static String asks(Gate gate) {
        return switch (gate) {
            case ARMED -> "take your baselines: the first change follows.";
            case OLD_VERSION_GONE -> "no session of the old version is left, or its writers keep the new rules.";
            case SWAP -> "both versions can use the column under either type, or the old one is gone.";
            case CONTRACT -> "the old version is gone, the new one is well. What follows can still be taken back.";
            case FINALIZE -> "the revert window is over and nobody asked for the old shape.";
            case WATCHED -> "watch the application for a while; then it is done.";
        };
    }

    private void step(Step step) {
        line("");
        comment(step.id() + ", " + step.phase().name().toLowerCase(Locale.ROOT)
                + step.gate().map(gate -> ", behind gate " + gate.wireName()).orElse("")
                + step.source().map(source -> ", " + source.path() + " line " + source.line()).orElse(""));
        comment(step.title());
        if (step.pointOfNoReturn()) {
            comment("POINT OF NO RETURN: what follows cannot be taken back without loss.");
        }
        if (!step.locks().isEmpty()) {
            comment("locks: " + step.locks().stream().map(lock -> lock.mode().catalogName() + " on " + lock.relation())
                    .collect(Collectors.joining(", ")));
        }
        List<String> statements = StepSql.of(step.action());
        if (!statements.isEmpty()) {
            lockTimeout(step);
            boolean transaction = step.action().transactional();
            if (transaction) {
                line("BEGIN;");
            }
            statements.forEach(this::statement);
            if (transaction) {
                line("COMMIT;");
            }
        }
        step.validation().ifPresent(sql -> {
            comment("must return no rows:");
            statement(sql);
        });
    }

    /**
     * Who waits for a lock that the application's statements conflict with makes them wait too; CREATE INDEX CONCURRENTLY
     * and its like wait for old transactions, in nobody's way.
     */
    private void lockTimeout(Step step) {
        boolean blocks = step.action() instanceof Action.Ddl
                || step.locks().stream().anyMatch(lock -> lock.mode().blocksApplication());
        String wanted = blocks ? plan.policy().lockBudget().toMillis() + "ms" : "0";
        if (!wanted.equals(lockTimeout)) {
            line("SET lock_timeout = '" + wanted + "';");
            lockTimeout = wanted;
        }
    }

    private void statement(String sql) {
        line(StepSql.terminated(sql));
    }

    /** Whatever names stand in a comment must not end it. */
    private void comment(String text) {
        line("-- " + text.replaceAll("\\R", " "));
    }

    private void line(String text) {
        script.append(text).append('\n');
    }
}
