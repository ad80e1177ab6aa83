package io.lockkeeper.observer.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.observer.cdc.ChangeRecord.Marker;
import io.lockkeeper.observer.cdc.ChangeRecord.Other;
import io.lockkeeper.observer.cdc.ChangeRecord.TransactionBegin;
import io.lockkeeper.observer.cdc.ChangeRecord.TransactionEnd;
import io.lockkeeper.observer.cdc.ChangeRecord.Unnamed;

class TransactionCountTest {

    private static final ChangeRecord CHANGE = new Unnamed(RelationName.of("public", "orders"), "truncated");

    private final TransactionCount counts = new TransactionCount();

    @Test
    void completeTransactionHasNoGap() {
        counts.add(new TransactionBegin("7"));
        counts.add(CHANGE);
        counts.add(new Other());
        counts.add(new Marker("lockkeeper.gate", "{}"));

        assertThat(counts.add(new TransactionEnd("7", 2))).isEmpty();
    }

    @Test
    void missingChangeIsAGap() {
        counts.add(new TransactionBegin("7"));
        counts.add(CHANGE);

        assertThat(counts.add(new TransactionEnd("7", 2))).contains("1 of 2 changes of a transaction came through");
    }

    @Test
    void transactionWhoseBeginningWasNotSeenIsNotJudged() {
        counts.add(CHANGE);
        assertThat(counts.add(new TransactionEnd("7", 2))).isEmpty();

        counts.add(new TransactionBegin("8"));
        counts.add(CHANGE);
        assertThat(counts.add(new TransactionEnd("8", 1))).isEmpty();
    }
}
