package io.lockkeeper.grammar;

import java.util.List;

/** @param statements in the order of the script; none when it holds nothing but comments */
public record Parsed(List<ParsedStatement> statements) implements ParseResult {

    public Parsed {
        statements = List.copyOf(statements);
    }
}
