package io.lockkeeper.messages;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A rule over each changed row, evaluated by the observer as the change stream brings it; without a stream nobody can say
 * whether it holds.
 *
 * @param holds a CEL expression over the maps {@code before} and {@code after} and the string {@code op} ({@code insert},
 *              {@code update}, {@code delete}), true where the rule holds: {@code after.stock >= 0}. Values of type
 *              numeric are strings. {@code before} is known where the replica identity is FULL
 */
public record RowRule(String name, RelationName relation, String holds,
        @JsonProperty(defaultValue = "P1") Severity severity, Optional<String> impact, Optional<String> owner,
        Optional<String> enforcedBy) implements Expectation {

    public RowRule {
        Texts.required(name, "rowRule.name");
        Texts.required(relation, "rowRule.relation");
        Texts.required(holds, "rowRule.holds");
        severity = severity == null ? Severity.P1 : severity;
        impact = Texts.optional(impact);
        owner = Texts.optional(owner);
        enforcedBy = Texts.optional(enforcedBy);
    }
}
