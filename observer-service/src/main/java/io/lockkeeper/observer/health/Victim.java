package io.lockkeeper.observer.health;

import java.time.Duration;
import java.time.Instant;

/**
 * A session of the application that waited for a lock behind one of ours.
 *
 * @param waitStart with the pid, tells one wait from the next
 */
public record Victim(int pid, String application, Instant waitStart, Duration waited) {}
