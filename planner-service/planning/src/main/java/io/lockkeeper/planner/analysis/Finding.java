package io.lockkeeper.planner.analysis;

import io.lockkeeper.messages.Severity;

/**
 * What to know about a statement.
 *
 * @param rule    its page is {@code planning/docs/rules/<rule>.md}
 * @param message what, on which object
 * @param advice  what to write instead, or what Lockkeeper does
 */
public record Finding(String rule, Severity severity, String message, String advice) {}
