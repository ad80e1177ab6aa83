package io.lockkeeper.planner.rewrite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.routine.BodyReader;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * Results of a routine that are kept: in an index, a generated column, a partition, or as a CHECK that rows have passed. Another
 * body does not change them, and queries silently miss rows. Routines that call it pass its results on.
 */
final class StoredResults {

    private StoredResults() {}

    static void refuse(Subject subject, Routine routine) {
        for (Map.Entry<Routine, String> through : callers(subject, routine).entrySet()) {
            List<String> kept = through.getKey().standing().map(Routine.Standing::dependents).orElse(List.of()).stream()
                    .filter(dependent -> keeps(subject, dependent)).toList();
            if (!kept.isEmpty()) {
                throw new RefusedStatement("routine-result-stored",
                        "results of routine " + routine.identity() + through.getValue() + " are kept by "
                                + String.join(", ", kept),
                        "They would stay results of the old body: queries would miss rows, and a CHECK would hold rows that"
                                + " it rejects.",
                        "Create the new one under a new name, build what keeps its results anew with it (an index beside"
                                + " the old one, a column, a CHECK that is validated), and drop the old ones later.");
            }
        }
    }

    /** The routine and all that call it, each with the words that tell the way. */
    private static Map<Routine, String> callers(Subject subject, Routine routine) {
        BodyReader reader = RoutineMentions.reader(subject);
        Map<Routine, String> found = new LinkedHashMap<>();
        Deque<Routine> pending = new ArrayDeque<>(List.of(routine));
        found.put(routine, "");
        while (!pending.isEmpty()) {
            Routine called = pending.pop();
            for (Routine other : subject.catalog().routines()) {
                boolean calls = !found.containsKey(other) && (reader.ofRoutine(other, called.name(),
                        RoutineRetirement.arity(subject, called)).isPresent()
                        || called.standing().filter(standing -> standing.dependents()
                                .contains(RoutineRetirement.described(other))).isPresent());
                if (calls) {
                    found.put(other, ", which " + other.identity() + " calls,");
                    pending.push(other);
                }
            }
        }
        return found;
    }

    /** @param dependent as {@code pg_describe_object} calls it */
    private static boolean keeps(Subject subject, String dependent) {
        List<String> kept = new ArrayList<>(List.of("index ", "constraint ", "table ", "operator "));
        for (Relation relation : subject.catalog().relations().values()) {
            relation.columns().stream().filter(column -> column.generation() == Column.Generation.STORED)
                    .forEach(column -> kept.add("default value for column " + column.name() + " of table "
                            + relation.name()));
        }
        return kept.stream().anyMatch(dependent::startsWith);
    }
}
