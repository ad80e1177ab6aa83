package io.lockkeeper.executor.control;

/**
 * What the sender of a control is told; every further send of the same event is told the same.
 *
 * @param id    the event's id
 * @param run   the run that it was for; empty where there is none
 * @param state the run's state when it was answered; empty where there is no run
 */
public record ControlAnswer(String id, boolean accepted, String run, String state, String message) {}
