package io.lockkeeper.observer.invariant;

import java.util.Optional;

import io.lockkeeper.messages.Probe;

/** Port: asks an address of the application once. Used by one thread. */
public interface Prober {

    sealed interface Result {}

    /** @param shortcoming what the answer lacks, without its text; empty where it is as it should be */
    record Answered(int status, long millis, Optional<String> shortcoming) implements Result {}

    /** It was asked, and no answer came in time. */
    record Silent(String why) implements Result {}

    /** It may not be asked. */
    record Unasked(String why) implements Result {}

    Result ask(Probe probe);
}
