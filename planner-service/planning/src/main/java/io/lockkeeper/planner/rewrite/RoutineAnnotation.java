package io.lockkeeper.planner.rewrite;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;

/** What a comment {@code -- lockkeeper: …} before CREATE FUNCTION or PROCEDURE can say. */
enum RoutineAnnotation {

    SUPERSEDES("supersedes ", "supersedes schema.name(input types)[ with wrapper]"),
    COMMITS("commits ",
            "commits before: <when>; after: <when>; rollback: <what it leaves>; locks: <how long>; retry: <what it does>"),
    SMOKE("smoke ", "smoke SELECT schema.name(arguments)");

    private final String word;
    private final String form;

    RoutineAnnotation(String word, String form) {
        this.word = word;
        this.form = form;
    }

    /** What a comment asks for is done or refused, never passed over. */
    static void requireUnderstood(SourceStatement statement, String kind) {
        for (String annotation : statement.annotations()) {
            boolean known = Arrays.stream(values()).anyMatch(it -> annotation.startsWith(it.word));
            if (!known || !kind.equals("CreateFunctionStmt")) {
                throw new RefusedStatement("unknown-annotation",
                        "the comment `lockkeeper: " + annotation + "` means nothing here", "",
                        Arrays.stream(values()).map(RoutineAnnotation::advice).collect(Collectors.joining(" ")));
            }
        }
    }

    String advice() {
        return "Write `-- lockkeeper: " + form + "` before CREATE FUNCTION or PROCEDURE.";
    }

    /** What stands behind the word; several lines are one text. */
    Optional<String> in(SourceStatement statement) {
        String text = statement.annotations().stream().filter(annotation -> annotation.startsWith(word))
                .map(annotation -> annotation.substring(word.length()).strip()).collect(Collectors.joining(" "));
        return Optional.of(text).filter(it -> !it.isEmpty());
    }
}
