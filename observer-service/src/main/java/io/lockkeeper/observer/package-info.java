/** The observer: watches a target through its ledger, its change stream and its statistics, and judges gates. */
package io.lockkeeper.observer;
