package io.lockkeeper.cli.manifest;

import java.util.List;
import java.util.Optional;

/**
 * What people who sign a plan want to know of its release, besides what the planner knows.
 *
 * @param purpose  why the change is made
 * @param type     of change, as the team classes them: {@code standard}, {@code normal}, {@code emergency}
 * @param owner    who answers for it
 * @param success  criteria that the team adds to the plan's own
 * @param contacts whom to call: people, rooms, rotas
 */
public record ReleaseNotes(Optional<String> purpose, Optional<String> type, Optional<String> owner,
        Optional<List<String>> success, Optional<List<String>> contacts) {

    static final ReleaseNotes NONE = new ReleaseNotes(Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty());
}
