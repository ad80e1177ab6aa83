package io.lockkeeper.observer.cdc;

import java.util.Optional;

/** Holds what came of each transaction against the count at its end: a difference is a gap in the stream. */
final class TransactionCount {

    private Optional<String> open = Optional.empty();
    private long events;

    /** @return what is missing, once a transaction has ended; one whose beginning was not seen is not judged */
    Optional<String> add(ChangeRecord read) {
        if (read instanceof ChangeRecord.TransactionBegin begin) {
            open = Optional.of(begin.id());
            events = 0;
            return Optional.empty();
        }
        if (read instanceof ChangeRecord.TransactionEnd end) {
            boolean gap = open.filter(end.id()::equals).isPresent() && events != end.events();
            open = Optional.empty();
            return gap
                    ? Optional.of(events + " of " + end.events() + " changes of a transaction came through")
                    : Optional.empty();
        }
        if (!(read instanceof ChangeRecord.Other)) {
            events++;
        }
        return Optional.empty();
    }
}
