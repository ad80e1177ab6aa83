package io.lockkeeper.messages;

import java.util.Optional;

/**
 * The application that a release changes the database for.
 *
 * @param fromVersion the version that runs now; absent for a first release
 * @param toVersion   the version that needs the change
 * @param oldSessions sessions of {@code fromVersion}; without it nobody can prove that they are gone
 * @param newSessions sessions of {@code toVersion}
 */
public record Application(String name, Optional<String> fromVersion, String toVersion,
        Optional<SessionSelector> oldSessions, Optional<SessionSelector> newSessions) {

    public Application {
        Texts.required(name, "application.name");
        Texts.required(toVersion, "application.toVersion");
        fromVersion = Texts.optional(fromVersion);
        oldSessions = Texts.optional(oldSessions);
        newSessions = Texts.optional(newSessions);
    }
}
