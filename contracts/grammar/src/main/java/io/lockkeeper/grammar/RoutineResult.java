package io.lockkeeper.grammar;

/** What {@link PostgresGrammar#parsePlpgsql} found. */
public sealed interface RoutineResult permits ParsedRoutines, SyntaxError {}
