package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.ParsedRoutines;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.routine.PlpgsqlText;
import io.lockkeeper.planner.statement.RefusedStatement;

/** Where a procedure commits decides what a crash leaves, how long locks are held and what a retry does. */
final class CommitBoundary {

    private static final String RULE = "commit-boundary";
    private static final List<String> PARTS = List.of("before", "after", "rollback", "locks", "retry");
    private static final Pattern PART = Pattern.compile("\\b(" + String.join("|", PARTS) + "):\\s*");

    private CommitBoundary() {}

    /** What the release says of it, for the plan; demanded of a procedure that commits, or has done so. */
    static Optional<String> note(Subject subject, Routine routine) {
        Map<String, String> said = RoutineAnnotation.COMMITS.in(subject.statement()).map(CommitBoundary::parts)
                .orElse(Map.of());
        Optional<Routine> old = subject.catalog().routine(routine.name(), routine.argumentTypes());
        if (said.isEmpty() && !commits(subject, routine) && old.filter(one -> commits(subject, one)).isEmpty()) {
            return Optional.empty();
        }
        List<String> missing = new ArrayList<>(PARTS);
        missing.removeAll(said.keySet());
        if (old.isEmpty()) {
            missing.remove("before");
        }
        if (!missing.isEmpty()) {
            throw new RefusedStatement(RULE, "procedure " + routine.identity()
                    + " commits or rolls back, and nothing says: " + String.join(", ", missing),
                    "Another commit boundary changes what a crash leaves, how long locks are held and what a retry does.",
                    RoutineAnnotation.COMMITS.advice());
        }
        return Optional.of("procedure " + routine.identity() + " commits: " + said.entrySet().stream()
                .map(part -> part.getKey() + ": " + part.getValue()).collect(Collectors.joining("; ")));
    }

    private static Map<String, String> parts(String text) {
        Map<String, String> parts = new LinkedHashMap<>();
        List<MatchResult> found = PART.matcher(text).results().toList();
        for (int i = 0; i < found.size(); i++) {
            int end = i + 1 < found.size() ? found.get(i + 1).start() : text.length();
            String said = text.substring(found.get(i).end(), end).strip().replaceAll("[;,.]+$", "");
            if (!said.isEmpty()) {
                parts.put(found.get(i).group(1), said);
            }
        }
        return parts;
    }

    private static boolean commits(Subject subject, Routine routine) {
        return routine.kind() == Routine.Kind.PROCEDURE && routine.definition()
                .map(definition -> new PlpgsqlText(subject.grammar()).read(definition, routine.body()).result())
                .filter(ParsedRoutines.class::isInstance).map(ParsedRoutines.class::cast)
                .filter(parsed -> parsed.routines().stream().flatMap(SyntaxNode::typedNodes).anyMatch(
                        node -> node.is("PLpgSQL_stmt_commit") || node.is("PLpgSQL_stmt_rollback")))
                .isPresent();
    }
}
