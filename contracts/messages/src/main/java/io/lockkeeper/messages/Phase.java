package io.lockkeeper.messages;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Expand adds what new code needs, migrate moves data, contract takes away what only old code needs. */
public enum Phase {
    @JsonProperty("expand")
    EXPAND, @JsonProperty("migrate")
    MIGRATE, @JsonProperty("contract")
    CONTRACT
}
