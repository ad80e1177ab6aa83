package io.lockkeeper.planner.catalog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.RelationName;

/**
 * What expressions can name, besides relations and the application's own routines.
 *
 * @param builtinFunctions functions of {@code pg_catalog} with the worst volatility among those of the same name
 * @param foreignOperators operator symbols that are defined outside {@code pg_catalog}
 * @param collations       collations outside {@code pg_catalog}
 * @param operatorClasses  operator classes outside {@code pg_catalog}
 * @param domains          outside {@code pg_catalog}
 * @param aggregates       names of {@code pg_catalog}'s aggregate and window functions
 */
public record Symbols(Map<String, Volatility> builtinFunctions, List<Cast> casts, Set<String> foreignOperators,
        Set<RelationName> collations, Set<RelationName> operatorClasses, Map<RelationName, Domain> domains,
        Set<String> aggregates) {

    public Symbols {
        builtinFunctions = Map.copyOf(builtinFunctions);
        casts = List.copyOf(casts);
        foreignOperators = Set.copyOf(foreignOperators);
        collations = Set.copyOf(collations);
        operatorClasses = Set.copyOf(operatorClasses);
        domains = domains == null ? Map.of() : Map.copyOf(domains);
        aggregates = aggregates == null ? Set.of() : Set.copyOf(aggregates);
    }

    public Symbols with(Domain domain) {
        Map<RelationName, Domain> more = new HashMap<>(domains);
        more.put(domain.name(), domain);
        return new Symbols(builtinFunctions, casts, foreignOperators, collations, operatorClasses, more,
                aggregates);
    }

    /**
     * @param base        the type below all domains in between
     * @param constrained it, or a domain below it, has a constraint or NOT NULL
     * @param checks      its own, ready to follow {@code ADD CONSTRAINT name}
     */
    public record Domain(RelationName name, ColumnType base, boolean constrained, boolean notNull,
            Optional<String> defaultExpression, List<Properties.Part> checks) {

        public Domain {
            defaultExpression = defaultExpression == null ? Optional.empty() : defaultExpression;
            checks = checks == null ? List.of() : List.copyOf(checks);
        }

        /** Where only what it does to columns is of interest. */
        public Domain(RelationName name, ColumnType base, boolean constrained) {
            this(name, base, constrained, false, Optional.empty(), List.of());
        }
    }
}
