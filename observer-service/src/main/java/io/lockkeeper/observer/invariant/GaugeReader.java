package io.lockkeeper.observer.invariant;

import java.math.BigDecimal;

import io.lockkeeper.messages.Gauge;

/** Port: reads a gauge, read-only, under its own timeout. Used by one thread. */
public interface GaugeReader {

    sealed interface Reading {}

    record Value(BigDecimal number) implements Reading {}

    /** @param why without row data */
    record Unreadable(String why) implements Reading {}

    Reading read(Gauge gauge);
}
