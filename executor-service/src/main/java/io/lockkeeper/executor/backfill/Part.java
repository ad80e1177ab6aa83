package io.lockkeeper.executor.backfill;

import io.lockkeeper.messages.RelationName;

/** A table, or each partition that has storage of its own. */
record Part(RelationName name, long fileNode, long blocks) {}
