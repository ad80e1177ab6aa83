package io.lockkeeper.planner.statement;

import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.Step;

/**
 * A statement and where it stands.
 *
 * @param number counts from 1 within the file
 */
public record SourceStatement(String path, int number, ParsedStatement parsed) {

    private static final int SHOWN = 120;

    public String text() {
        return parsed.text();
    }

    public SyntaxNode tree() {
        return parsed.tree();
    }

    public Step.Source source() {
        return new Step.Source(path, parsed.startLine(), number);
    }

    public Refusal.Location location() {
        String line = text().strip().replaceAll("\\s+", " ");
        return new Refusal.Location(path, parsed.startLine(), number,
                line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…");
    }
}
