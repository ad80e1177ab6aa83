package io.lockkeeper.planner.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.analysis.Finding;
import io.lockkeeper.planner.rewrite.Draft;

/**
 * What {@code lockkeeper lint} and {@code lockkeeper plan} tell machines; {@code docs/statements.schema.json} is its schema.
 * A name, once released, stays. Modes are spelled as in {@code pg_locks}.
 */
public record StatementsJson(List<StatementJson> statements) {

    @JsonPropertyOrder({"file", "line", "statement", "kind", "locks", "rewrites", "scans", "verdict", "rules", "steps"})
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record StatementJson(String file, int line, int statement, String kind, List<LockJson> locks,
            List<String> rewrites, List<String> scans, Verdict verdict, List<String> rules, List<StepJson> steps) {}

    @JsonPropertyOrder({"relation", "mode"})
    public record LockJson(String relation, String mode) {}

    /** @param undo and {@code validation} are null where there is none */
    @JsonPropertyOrder({"phase", "sql", "locks", "undo", "undoLocks", "validation"})
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record StepJson(String phase, String sql, List<LockJson> locks, Optional<String> undo,
            List<LockJson> undoLocks, Optional<String> validation) {}

    public static StatementsJson of(List<Reviewed> reviewed) {
        return new StatementsJson(reviewed.stream().map(StatementsJson::statement).toList());
    }

    private static StatementJson statement(Reviewed one) {
        return new StatementJson(one.file(), one.line(), one.statement(), one.kind(), locks(one.locks()),
                one.rewrites().stream().map(Object::toString).toList(),
                one.scans().stream().map(Object::toString).toList(), one.verdict(),
                one.findings().stream().map(Finding::rule).distinct().toList(),
                one.steps().stream().map(StatementsJson::step).toList());
    }

    private static StepJson step(Draft draft) {
        return new StepJson(draft.stage().phase().name().toLowerCase(Locale.ROOT),
                StepSql.script(List.of(draft.action())), locks(draft.locks()),
                draft.undo().map(undo -> StepSql.script(undo.actions())).filter(sql -> !sql.isEmpty()),
                locks(draft.undo().map(Step.Undo::locks).orElse(List.of())), draft.validation());
    }

    private static List<LockJson> locks(List<Step.LockClaim> claims) {
        return claims.stream().map(claim -> new LockJson(claim.relation().toString(), claim.mode().catalogName()))
                .toList();
    }
}
