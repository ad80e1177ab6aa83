package io.lockkeeper.observer.ledger;

/**
 * The executor's word that it has a verdict.
 *
 * @param note why it was not taken
 */
public record Receipt(boolean taken, String note) {}
