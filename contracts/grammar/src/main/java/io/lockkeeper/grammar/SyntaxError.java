package io.lockkeeper.grammar;

/**
 * The text is not PostgreSQL's SQL.
 *
 * @param message PostgreSQL's own words, e.g. {@code syntax error at or near "frm"}
 * @param line from 1
 * @param column from 1, in characters as a reader counts them (an emoji is one)
 * @param offset index into the Java string that was parsed; its length for an error at the end
 */
public record SyntaxError(String message, int line, int column, int offset) implements ParseResult, RoutineResult {}
