package io.lockkeeper.planner.rewrite;

import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.StatementKind;

/**
 * {@code -- lockkeeper: smoke SELECT app.close_case(0)} before CREATE FUNCTION or PROCEDURE: called in the transaction that
 * makes the routine, so that nobody meets one whose call fails. What the call writes is taken back with the block that
 * it runs in, before anything else is done.
 */
final class SmokeCall {

    private static final Set<String> CALLS = Set.of("SelectStmt", "CallStmt", "DoStmt");
    private static final String TAKEN_BACK = "LK003";

    private SmokeCall() {}

    /** To be run behind the statements that make the routine; empty where the release gives no call. */
    static Optional<String> of(Subject subject) {
        return RoutineAnnotation.SMOKE.in(subject.statement()).map(call -> block(checked(subject, call)));
    }

    private static String checked(Subject subject, String call) {
        if (subject.grammar().parse(call) instanceof Parsed parsed && parsed.statements().size() == 1
                && CALLS.contains(StatementKind.of(parsed.statements().get(0).tree()).split(" ")[0])) {
            return parsed.statements().get(0).text();
        }
        throw new RefusedStatement("unknown-annotation", "`" + call + "` is no smoke call", "",
                "One SELECT, CALL or DO that fails where the routine is not sound. "
                        + RoutineAnnotation.SMOKE.advice());
    }

    /** What an error of class 22 says is row data. */
    private static String block(String call) {
        return "DO " + Identifier.literal("""
                BEGIN
                  EXECUTE %s;
                  RAISE EXCEPTION USING ERRCODE = '%s';
                EXCEPTION WHEN SQLSTATE '%s' THEN
                  NULL;
                WHEN OTHERS OR ASSERT_FAILURE THEN
                  RAISE EXCEPTION 'the smoke call failed (SQLSTATE %%)%%', SQLSTATE,
                    CASE WHEN SQLSTATE LIKE '22%%' THEN '' ELSE ': ' || SQLERRM END;
                END""".formatted(Identifier.literal(call), TAKEN_BACK, TAKEN_BACK));
    }
}
