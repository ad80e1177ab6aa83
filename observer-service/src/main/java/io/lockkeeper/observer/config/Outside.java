package io.lockkeeper.observer.config;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What the observer may ask beside the database.
 *
 * @param prometheus base URL of the one that answers gauges in PromQL
 * @param probes     origins that the probes of a release may name
 */
public record Outside(Optional<URI> prometheus, List<URI> probes) {

    public static final Outside NOTHING = new Outside(Optional.empty(), List.of());

    public Outside {
        probes = List.copyOf(probes);
    }
}
