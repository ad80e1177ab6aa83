package io.lockkeeper.planner.routine;

import io.lockkeeper.messages.RelationName;

/** A column of a relation, or an attribute of a composite type, that a body needs. */
record ColumnUse(RelationName relation, String column) {}
