package io.lockkeeper.observer.observation;

import io.lockkeeper.messages.Verdict;

/** @param number counts the verdicts of one gate attempt from 1 */
public record NumberedVerdict(int number, Verdict verdict) {

    public String eventId() {
        return verdict.run() + "/" + verdict.gate().wireName() + "/" + verdict.gateAttempt() + "/" + number;
    }
}
