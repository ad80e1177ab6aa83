package io.lockkeeper.messages;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How sessions of one application version are told apart in {@code pg_stat_activity}.
 *
 * @param by      the column that tells
 * @param pattern a SQL LIKE pattern on that column's text ({@code shop/1}, {@code shop/1.%})
 */
public record SessionSelector(By by, String pattern) {

    public enum By {
        @JsonProperty("application-name")
        APPLICATION_NAME, @JsonProperty("role")
        ROLE, @JsonProperty("address")
        ADDRESS
    }

    public SessionSelector {
        Texts.required(by, "sessions.by");
        Texts.required(pattern, "sessions.pattern");
    }
}
