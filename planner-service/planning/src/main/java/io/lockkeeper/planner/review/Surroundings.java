package io.lockkeeper.planner.review;

import java.util.List;
import java.util.Map;

import io.lockkeeper.messages.RelationName;

/**
 * What a target tells beside its catalog. No decision of a plan rests on it.
 *
 * @param speeds     by kind of action, from the ledger's earlier runs
 * @param statements normalised, from {@code pg_stat_statements}; empty where it is missing or may not be read
 * @param consumers  who else reads or writes the rows of a table: publications, slots, subscriptions, materialized views
 * @param eventTriggers that are enabled, for people: {@code guard (ddl_command_end, runs app.guard)}
 */
public record Surroundings(Map<String, Speed> speeds, List<SeenStatement> statements, List<Consumer> consumers,
        List<String> eventTriggers) {

    /** Of a snapshot that no server stands behind. */
    public static final Surroundings UNKNOWN = new Surroundings(Map.of(), List.of(), List.of(),
            List.of());

    /** @param steps so many steps of earlier runs say so */
    public record Speed(double bytesPerSecond, long steps) {}

    /** @param text with parameters in place of values; never shown */
    public record SeenStatement(String queryId, String text) {}

    /** @param name for people: {@code publication warehouse} */
    public record Consumer(String name, RelationName relation) {}

    public Surroundings {
        speeds = Map.copyOf(speeds);
        statements = List.copyOf(statements);
        consumers = List.copyOf(consumers);
        eventTriggers = List.copyOf(eventTriggers);
    }
}
