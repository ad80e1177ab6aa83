package io.lockkeeper.planner.catalog;

import java.util.List;
import java.util.Optional;

/**
 * What a relation has besides columns, constraints and indexes.
 *
 * @param definition of a view: its query; of a sequence: its options, ready to follow {@code ALTER SEQUENCE name}
 * @param options    storage parameters, each {@code name=value}
 * @param security   does row level security hold, for whom
 * @param policies   of row level security
 * @param statistics extended statistics on it, by qualified and quoted name
 * @param populated  false for a materialized view that cannot be read yet
 */
public record Properties(Optional<String> definition, List<String> options, RowSecurity security,
        List<Part> policies, List<Part> statistics, boolean populated) {

    static final Properties NONE = new Properties(null, null, null, null, null, true);

    public enum RowSecurity {
        OFF, ON, FORCED
    }

    /** @param definition the statement that makes it again, qualified */
    public record Part(String name, String definition) {}

    public Properties {
        definition = definition == null ? Optional.empty() : definition;
        options = options == null ? List.of() : List.copyOf(options);
        security = security == null ? RowSecurity.OFF : security;
        policies = policies == null ? List.of() : List.copyOf(policies);
        statistics = statistics == null ? List.of() : List.copyOf(statistics);
    }

    public Properties withDefinition(String newDefinition) {
        return new Properties(Optional.of(newDefinition), options, security, policies, statistics, populated);
    }

    public Properties withOptions(List<String> newOptions) {
        return new Properties(definition, newOptions, security, policies, statistics, populated);
    }

    public Properties withSecurity(RowSecurity newSecurity) {
        return new Properties(definition, options, newSecurity, policies, statistics, populated);
    }

    public Properties withPolicies(List<Part> newPolicies) {
        return new Properties(definition, options, security, newPolicies, statistics, populated);
    }

    public Properties withStatistics(List<Part> newStatistics) {
        return new Properties(definition, options, security, policies, newStatistics, populated);
    }

    public Properties populated(boolean readable) {
        return new Properties(definition, options, security, policies, statistics, readable);
    }
}
