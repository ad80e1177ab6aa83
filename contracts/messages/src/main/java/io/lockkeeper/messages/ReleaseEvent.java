package io.lockkeeper.messages;

import java.time.Instant;
import java.util.List;

/** What CI and CD say: a release is wanted, a version of the application came or went. */
public sealed interface ReleaseEvent extends Message {

    record ReleaseRequested(String target, String release, Application application, List<MigrationFile> files,
            List<Invariant> invariants, Policy policy) implements ReleaseEvent {

        public ReleaseRequested {
            Texts.required(target, "target");
            Texts.required(release, "release");
            Texts.required(application, "application");
            files = files == null ? List.of() : List.copyOf(files);
            invariants = invariants == null ? List.of() : List.copyOf(invariants);
            policy = policy == null ? Policy.DEFAULT : policy;
        }
    }

    /** The version takes traffic everywhere. */
    record VersionDeployed(String target, String release, String application, String version,
            Instant at) implements ReleaseEvent {

        public VersionDeployed {
            requireVersion(target, release, application, version, at);
        }
    }

    /** The version was taken back: an older one serves again. */
    record VersionRolledBack(String target, String release, String application, String version,
            Instant at) implements ReleaseEvent {

        public VersionRolledBack {
            requireVersion(target, release, application, version, at);
        }
    }

    /** No instance of the version is left. */
    record VersionRetired(String target, String release, String application, String version,
            Instant at) implements ReleaseEvent {

        public VersionRetired {
            requireVersion(target, release, application, version, at);
        }
    }

    private static void requireVersion(String target, String release, String application, String version, Instant at) {
        Texts.required(target, "target");
        Texts.required(release, "release");
        Texts.required(application, "application");
        Texts.required(version, "version");
        Texts.required(at, "at");
    }
}
