package io.lockkeeper.cli.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.report.Reviewed;

/** Phrases that several formats use. */
final class Words {

    private Words() {}

    /** What the statement does as written; empty where it touches nothing. */
    static String asWritten(Reviewed statement) {
        List<String> parts = new ArrayList<>();
        if (!statement.locks().isEmpty()) {
            parts.add("takes " + statement.locks().stream()
                    .map(lock -> lock.mode().catalogName() + " on " + lock.relation())
                    .collect(Collectors.joining(", ")));
        }
        names("rewrites", statement.rewrites(), parts);
        names("scans", statement.scans(), parts);
        return String.join("; ", parts);
    }

    private static void names(String verb, List<RelationName> relations, List<String> parts) {
        if (!relations.isEmpty()) {
            parts.add(verb + " " + relations.stream().map(RelationName::toString).collect(Collectors.joining(", ")));
        }
    }

    /** What the planner does with it. */
    static String verdict(Reviewed statement) {
        return switch (statement.verdict()) {
            case SAFE -> "runs as written, under the lock guard";
            case REWRITTEN -> "Lockkeeper runs instead, in " + steps(statement) + ":";
            case REFUSED -> "Lockkeeper refuses it";
            case EXCEPTED -> "runs by a named exception, in " + steps(statement) + ":";
        };
    }

    private static String steps(Reviewed statement) {
        int count = statement.steps().size();
        return count == 1 ? "1 step" : count + " steps";
    }
}
