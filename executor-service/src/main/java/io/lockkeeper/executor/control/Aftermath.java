package io.lockkeeper.executor.control;

import java.util.List;
import java.util.Optional;

/**
 * What has happened since a run completed.
 *
 * @param later a release that builds on what the run has left; absent where none does
 * @param lost  what taking the run back would overwrite, each as a sentence
 */
public record Aftermath(Optional<String> later, List<String> lost) {

    public static final Aftermath NOTHING = new Aftermath(Optional.empty(), List.of());

    public Aftermath {
        lost = List.copyOf(lost);
    }
}
