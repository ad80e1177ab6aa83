package io.lockkeeper.grammar;

/** What {@link PostgresGrammar#parse} found: every statement of the script, or the first place that is no SQL. */
public sealed interface ParseResult permits Parsed, SyntaxError {}
