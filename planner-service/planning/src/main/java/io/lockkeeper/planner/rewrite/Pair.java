package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Stage;

/**
 * Two shapes of one row that must agree.
 *
 * @param differs boolean SQL over the row: true where they disagree
 * @param judged  the stages before which {@code differs} is valid: names of columns change on the way
 */
public record Pair(String id, RelationName relation, List<String> key, String differs, String trigger,
        Set<Stage> judged) {

    public Pair {
        key = List.copyOf(key);
        judged = Set.copyOf(judged);
    }
}
