package io.lockkeeper.planner.policy;

/**
 * Something in a statement that is against a rule.
 *
 * @param object what an exception must name
 * @param what   what the statement does, for people
 */
record Denial(Rule rule, String object, String what) {}
