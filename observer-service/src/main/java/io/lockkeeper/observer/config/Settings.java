package io.lockkeeper.observer.config;

import java.net.URI;
import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import io.lockkeeper.observer.observation.ObserverSettings;

/** {@code lockkeeper.observer.*}; durations are ISO-8601 or as Quarkus reads them ({@code 500ms}). */
@ConfigMapping(prefix = "lockkeeper.observer")
public interface Settings {

    /** Time between two looks at a ledger with an open run. */
    @WithDefault("500ms")
    Duration poll();

    /** The same without an open run. */
    @WithDefault("2s")
    Duration idlePoll();

    /** Time between two looks at sessions and lock waits. */
    @WithDefault("500ms")
    Duration sampling();

    /** Longest wait for running transactions when a slot is made. */
    @WithDefault("10s")
    Duration slotDeadline();

    /** Bytes of WAL that our slot may retain before we drop it ourselves; never more than 3/4 of the server's limit. */
    @WithDefault("4294967296")
    long walCap();

    /** Time that one judgement may spend on comparing rows. */
    @WithDefault("1s")
    Duration compare();

    /** Length of the window in which health is judged. */
    @WithDefault("10m")
    Duration healthWindow();

    /** After this a verdict that the ledger does not show is said again. */
    @WithDefault("2s")
    Duration resend();

    /** Time between two looks at the registry of targets. */
    @WithDefault("2s")
    Duration registry();

    /** Address of this service's page as people reach it. */
    @WithDefault("http://127.0.0.1:8080/")
    URI page();

    /** Where the runbooks are served; a page's name is appended. By default their place in the repository. */
    @WithDefault("deploy/runbooks/")
    URI runbooks();

    default ObserverSettings observation() {
        return new ObserverSettings(poll(), idlePoll(), sampling(), slotDeadline(), walCap(), compare(),
                healthWindow(), resend());
    }
}
