package io.lockkeeper.planner.catalog;

import io.lockkeeper.messages.RelationName;

/**
 * A row of {@code pg_cast}.
 *
 * @param implicit   PostgreSQL applies it without being asked
 * @param volatility of its function
 * @param binary     the bytes are the same: nothing is computed
 */
public record Cast(RelationName source, RelationName target, boolean implicit, Volatility volatility, boolean binary) {}
