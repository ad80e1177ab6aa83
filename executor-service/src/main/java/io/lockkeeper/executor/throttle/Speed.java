package io.lockkeeper.executor.throttle;

import java.util.List;

/**
 * How fast data may be moved until the next look.
 *
 * @param workers that may be at work; 0 is a pause
 * @param batch   time of a batch, as a share of what it may take where nobody else is: whoever waits behind one, for a
 *                lock or for its WAL, waits no longer
 * @param rest    after a batch, as a share of the batch's time
 * @param reasons why not faster, by name
 */
public record Speed(int workers, double batch, double rest, List<String> reasons) {

    public Speed {
        reasons = List.copyOf(reasons);
    }

    /** The same for later; nobody begins a batch now. */
    Speed held() {
        return new Speed(0, batch, rest, reasons);
    }
}
