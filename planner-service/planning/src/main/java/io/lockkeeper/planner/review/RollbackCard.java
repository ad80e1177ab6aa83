package io.lockkeeper.planner.review;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Review.Difficulty;
import io.lockkeeper.messages.Review.RollbackAnswer;
import io.lockkeeper.messages.Review.RollbackQuestion;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.report.StepSql;
import io.lockkeeper.planner.statement.StatementKind;

/** What stands in the way of taking a step back, read from the SQL that it runs. */
final class RollbackCard {

    private final PostgresGrammar grammar;

    RollbackCard(PostgresGrammar grammar) {
        this.grammar = grammar;
    }

    /** @param past is the plan's point of no return behind or at the step? */
    static Difficulty difficulty(Step step, boolean past) {
        boolean changes = !StepSql.of(step.action()).isEmpty() && !(step.action() instanceof Action.Conclude)
                && !(step.action() instanceof Action.CreatePublication) && !(step.action() instanceof Action.Check);
        if (!changes) {
            return Difficulty.EASY;
        }
        if (past || step.undo().isEmpty()) {
            return Difficulty.FORWARD_FIX;
        }
        Step.Undo undo = step.undo().get();
        if (!undo.lossless()) {
            return undo.actions().isEmpty() ? Difficulty.FORWARD_FIX : Difficulty.HARD;
        }
        return undo.actions().stream().allMatch(Action::transactional) ? Difficulty.EASY : Difficulty.MODERATE;
    }

    /** One answer to each question that the step touches. */
    List<RollbackAnswer> answers(Step step) {
        Map<RollbackQuestion, String> answers = new EnumMap<>(RollbackQuestion.class);
        if (step.action() instanceof Action.Backfill backfill) {
            say(answers, RollbackQuestion.EVENTS, "change streams carry every filled row of " + backfill.table());
            say(answers, RollbackQuestion.SIDE_EFFECTS, "rows are written anew; triggers that fire on them do");
        } else if (step.action() instanceof Action.ChangeRows change) {
            say(answers, RollbackQuestion.EVENTS, "change streams carry every changed row of " + change.table());
            say(answers, RollbackQuestion.SEMANTICS, "rows get another meaning, batch by batch");
            say(answers, RollbackQuestion.SIDE_EFFECTS, "rows, sequences and triggers");
        } else if (step.action() instanceof Action.ReplaceRoutine replace) {
            say(answers, RollbackQuestion.SEMANTICS, "callers of " + replace.routine() + " get the new body");
        } else {
            for (String sql : StepSql.of(step.action())) {
                if (grammar.parse(sql) instanceof Parsed parsed) {
                    parsed.statements().forEach(statement -> read(statement.tree(), answers));
                }
            }
        }
        List<RollbackAnswer> all = new ArrayList<>();
        answers.forEach((question, answer) -> all.add(new RollbackAnswer(question, answer)));
        return all;
    }

    private static void read(SyntaxNode statement, Map<RollbackQuestion, String> answers) {
        Stream<String> kinds = statement.is("AlterTableStmt")
                ? statement.list("cmds").stream().map(StatementKind::ofSubcommand)
                : Stream.of(StatementKind.of(statement));
        kinds.forEach(kind -> read(kind, answers));
    }

    private static void read(String kind, Map<RollbackQuestion, String> answers) {
        String words = StatementKind.words(kind);
        if (kind.startsWith("DropStmt") || kind.startsWith("AT_Drop")) {
            say(answers, RollbackQuestion.DROPS, words);
        }
        switch (kind.split(" ")[0]) {
            case "AT_AddColumn", "AT_DropColumn", "AT_AlterColumnType", "AT_SetNotNull", "AT_DropNotNull",
                    "AT_AddConstraint", "AT_DropConstraint", "CreateStmt", "RenameStmt" ->
                say(answers, RollbackQuestion.DATA_SHAPE, words);
            case "AlterEnumStmt" ->
                say(answers, RollbackQuestion.ENUM_VALUES, "a value of an enum cannot be taken away once it is used");
            case "CreateTrigStmt", "RuleStmt", "AT_ColumnDefault", "ViewStmt", "CreatePolicyStmt", "AlterPolicyStmt" ->
                say(answers, RollbackQuestion.SEMANTICS, words);
            case "GrantStmt", "GrantRoleStmt", "AlterDefaultPrivilegesStmt" ->
                say(answers, RollbackQuestion.GRANTS, words);
            case "AlterOwnerStmt", "AT_ChangeOwner" -> say(answers, RollbackQuestion.OWNER, words);
            case "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "TruncateStmt", "CopyStmt" -> {
                say(answers, RollbackQuestion.EVENTS, "change streams carry the rows");
                say(answers, RollbackQuestion.SIDE_EFFECTS, words + ": rows, sequences and triggers");
            }
            case "CreatePublicationStmt", "AlterPublicationStmt", "AT_ReplicaIdentity" ->
                say(answers, RollbackQuestion.EVENTS, words);
            default -> {
                // Indexes, comments, settings, statistics: none of the eight.
            }
        }
        if (kind.equals("CreateStmt") || kind.equals("ViewStmt") || kind.equals("CreateFunctionStmt")) {
            say(answers, RollbackQuestion.GRANTS, "a new object has the grants of its owner's defaults alone");
            say(answers, RollbackQuestion.OWNER, "a new object belongs to the owner role of the target");
        }
    }

    private static void say(Map<RollbackQuestion, String> answers, RollbackQuestion question, String text) {
        answers.merge(question, text, (one, other) -> one.contains(other) ? one : one + "; " + other);
    }
}
