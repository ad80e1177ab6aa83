package io.lockkeeper.messages;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Why a release, or one of its statements, was not taken.
 *
 * @param code   stable, for machines: {@code unknown-target}, {@code syntax-error}, {@code unsupported-statement}
 * @param hazard what would happen if it ran as written
 * @param advice the least bad plan and what the application would have to do
 */
public record Refusal(String code, String message, Optional<Location> location, Optional<String> hazard,
        Optional<String> advice) {

    /** @param line 1-based; {@code statement} counts from 1 within the file; {@code text} is its beginning */
    public record Location(String path, int line, int statement, @JsonProperty(defaultValue = "") String text) {

        public Location {
            Texts.required(path, "location.path");
            Texts.atLeast(1, line, "location.line");
            Texts.atLeast(1, statement, "location.statement");
            text = Texts.orEmpty(text);
        }
    }

    public Refusal {
        Texts.required(code, "refusal.code");
        Texts.required(message, "refusal.message");
        location = Texts.optional(location);
        hazard = Texts.optional(hazard);
        advice = Texts.optional(advice);
    }
}
