package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.regex.Pattern;

import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Trigger;
import io.lockkeeper.planner.statement.RefusedStatement;

/** Bodies of routines are text: PostgreSQL does not know what they use, and they fail only when they are called. */
final class RoutineMentions {

    static final String RULE = "routine-mentions-column";

    private RoutineMentions() {}

    /** Notes routines whose body has both names. */
    static Sequence note(Sequence sequence, Catalog catalog, Relation table, String column) {
        Sequence noted = sequence;
        for (Routine routine : catalog.routines()) {
            if (mentions(routine, table.name().name()) && mentions(routine, column)) {
                noted = noted.withNote("routine " + routine.identity() + " mentions " + table.name().name() + " and "
                        + column + ": if it means " + table.name() + "." + column
                        + ", replace it before the contract phase");
            }
        }
        return noted;
    }

    /** Refuses where a trigger function of the table itself mentions the column: then every write would fail. */
    static void refuseInTriggers(Subject subject, Relation table, String column) {
        List<String> found = table.triggers().stream().filter(Trigger::enabled)
                .filter(trigger -> subject.catalog().routinesNamed(trigger.function()).stream()
                        .anyMatch(routine -> mentions(routine, column)))
                .map(Trigger::name).toList();
        String object = table.name() + "." + column;
        if (!found.isEmpty() && !subject.allows(RULE, object)) {
            throw new RefusedStatement(RULE,
                    "the function of trigger " + String.join(", ", found) + " of " + table.name() + " mentions "
                            + column,
                    "Every write to the table would fail once the column is gone.",
                    "Replace the function earlier in the release; or, if it means something else, allow it by an"
                            + " exception " + RULE + " for " + object + ".");
        }
    }

    static boolean mentions(Routine routine, String name) {
        return Pattern.compile("(?<![\\w$])" + Pattern.quote(name) + "(?![\\w$])", Pattern.CASE_INSENSITIVE)
                .matcher(routine.body()).find();
    }
}
