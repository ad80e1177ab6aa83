package io.lockkeeper.planner.rewrite;

import io.lockkeeper.messages.Refusal;

/** What became of a statement: a safe sequence, or the reason why there is none. */
public sealed interface Rewritten {

    record Safe(Sequence sequence) implements Rewritten {}

    record Refused(Refusal refusal) implements Rewritten {}
}
