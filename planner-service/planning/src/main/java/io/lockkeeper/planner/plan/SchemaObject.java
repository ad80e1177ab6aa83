package io.lockkeeper.planner.plan;

import java.util.Optional;

/**
 * One object of a target's schema, or one property of an object.
 *
 * @param name for people: {@code table public.orders}
 * @param sql  makes it in another database; absent where nobody can
 * @param over rows: a constraint, an index, a trigger, a view
 */
public record SchemaObject(String name, Optional<String> sql, boolean over) {}
