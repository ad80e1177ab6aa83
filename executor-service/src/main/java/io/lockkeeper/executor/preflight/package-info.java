/** What is looked at before a run's first step, and whether that halts it. */
package io.lockkeeper.executor.preflight;
