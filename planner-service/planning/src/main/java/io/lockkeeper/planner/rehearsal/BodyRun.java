package io.lockkeeper.planner.rehearsal;

import static io.lockkeeper.messages.Identifier.literal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.rehearsal.ScratchDatabase.StatementFailed;
import io.lockkeeper.planner.routine.BodyStatements;

/**
 * Routines that the plan leaves behind broken: PostgreSQL looks into a body only when it is called. Each is compiled and its
 * statements prepared once the plan is done; what fails there is tried again on the schema as it was. Where the extension
 * plpgsql_check is at hand, it is asked, too.
 */
final class BodyRun {

    static final String RULE = "routine-breaks";

    /** Undefined column, table, function. */
    private static final Set<String> NOT_THERE = Set.of("42703", "42P01");
    private static final String CHECK = "plpgsql_check_function";

    private final PostgresGrammar grammar;
    private final ReleaseRequested release;
    private final Findings findings;

    BodyRun(PostgresGrammar grammar, ReleaseRequested release, Findings findings) {
        this.grammar = grammar;
        this.release = release;
        this.findings = findings;
    }

    /** @param before what {@code original} was made from */
    void run(ScratchDatabase original, ScratchDatabase planned, Catalog before) {
        Catalog after = planned.catalog();
        for (Routine routine : after.routines()) {
            if (routine.definition().isPresent() && !routine.extensionMember()
                    && !release.policy().allows(RULE, routine.identity())) {
                broken(routine, original, planned, before, after).ifPresent(failure -> findings.add(RULE,
                        "once the plan is done, routine " + routine.identity() + " fails: " + failure.getMessage(),
                        Optional.empty(), "Nothing tells before somebody calls it.",
                        "Replace it in this release, or drop it; or, if nobody calls it, allow it by an exception "
                                + RULE + " for " + routine.identity() + "."));
            }
        }
    }

    private Optional<StatementFailed> broken(Routine routine, ScratchDatabase original, ScratchDatabase planned,
            Catalog before, Catalog after) {
        BodyStatements.Statements body = BodyStatements.of(routine, after, grammar);
        String path = body.searchPath().isEmpty()
                ? PlanRun.TEAMS_SEARCH_PATH
                : BodyStatements.path(body.searchPath());
        List<String> questions = new ArrayList<>();
        questions.add(routine.definition().orElseThrow());
        body.sql().forEach(sql -> questions.add("PREPARE body AS " + sql + ";\nDEALLOCATE body"));
        check(routine, after).ifPresent(questions::add);
        if (planned.refuses(questions, path).isEmpty()) {
            return Optional.empty();
        }
        boolean written = before.routine(routine.name(), routine.argumentTypes())
                .filter(old -> old.definition().equals(routine.definition())).isEmpty();
        for (String question : questions) {
            Optional<StatementFailed> failure = planned.refuses(List.of(question), path);
            // What the server did not take before either says nothing: a variable was put in its place, or it was broken.
            if (failure.isPresent() && (original.refuses(List.of(question), path).isEmpty()
                    || written && body.certain() && NOT_THERE.contains(failure.get().sqlState()))) {
                return failure;
            }
        }
        return Optional.empty();
    }

    /** plpgsql_check says in rows what it finds. */
    private static Optional<String> check(Routine routine, Catalog catalog) {
        boolean plpgsql = routine.definition().filter(sql -> sql.contains("LANGUAGE plpgsql")).isPresent();
        List<String> tables = catalog.relations().values().stream().filter(relation -> relation.triggers().stream()
                .anyMatch(trigger -> trigger.function().equals(routine.name())))
                .map(relation -> relation.name().quoted()).toList();
        boolean trigger = routine.result().filter("trigger"::equals).isPresent();
        return catalog.routines().stream().filter(one -> plpgsql && one.name().name().equals(CHECK)
                && !routine.name().name().equals(CHECK) && !(trigger && tables.isEmpty())).findFirst()
                .map(checker -> script(checker, routine, tables.isEmpty() ? "0" : tables.get(0)));
    }

    private static String script(Routine checker, Routine routine, String table) {
        return """
                DO $lockkeeper$
                DECLARE
                  said text;
                BEGIN
                  SELECT string_agg(line, '; ') INTO said
                  FROM %s(funcoid => %s::regprocedure, relid => %s::regclass) AS line WHERE line LIKE 'error:%%';
                  IF said IS NOT NULL THEN
                    RAISE EXCEPTION USING MESSAGE = said, ERRCODE = '42000';
                  END IF;
                END $lockkeeper$""".formatted(checker.name().quoted(), literal(routine.quoted()), literal(table));
    }
}
