/**
 * What a statement does as written: locks, rewrites, scans, whom it breaks. One class per operation, each told by the
 * server and held to it by {@code AnalysisIT}.
 */
package io.lockkeeper.planner.analysis;
