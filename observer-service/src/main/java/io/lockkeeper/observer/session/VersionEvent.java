package io.lockkeeper.observer.session;

import java.time.Instant;

import io.lockkeeper.messages.ReleaseEvent;

/**
 * What CD said about one version of an application.
 *
 * @param at   by the clock of who said it
 * @param kept when it came, by the target's clock; until then {@code at}
 */
public record VersionEvent(Kind kind, String application, String version, Instant at, Instant kept) {

    public enum Kind {
        DEPLOYED, ROLLED_BACK, RETIRED
    }

    /** @throws IllegalArgumentException for a release request, which is not about a version */
    public static VersionEvent of(ReleaseEvent event) {
        if (event instanceof ReleaseEvent.VersionDeployed deployed) {
            return new VersionEvent(Kind.DEPLOYED, deployed.application(), deployed.version(), deployed.at(),
                    deployed.at());
        }
        if (event instanceof ReleaseEvent.VersionRolledBack back) {
            return new VersionEvent(Kind.ROLLED_BACK, back.application(), back.version(), back.at(),
                    back.at());
        }
        if (event instanceof ReleaseEvent.VersionRetired retired) {
            return new VersionEvent(Kind.RETIRED, retired.application(), retired.version(), retired.at(),
                    retired.at());
        }
        throw new IllegalArgumentException("a release request is not about a version");
    }
}
