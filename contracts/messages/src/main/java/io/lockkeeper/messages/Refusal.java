package io.lockkeeper.messages;

import java.util.Optional;

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
    public record Location(String path, int line, int statement, String text) {}

    public Refusal {
        Texts.required(code, "refusal.code");
        Texts.required(message, "refusal.message");
        location = location == null ? Optional.empty() : location;
        hazard = hazard == null ? Optional.empty() : hazard;
        advice = advice == null ? Optional.empty() : advice;
    }
}
