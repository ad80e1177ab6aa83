package io.lockkeeper.observer.config;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What the observer may ask, and tell, beside the database.
 *
 * @param prometheus base URL of the one that answers gauges in PromQL
 * @param probes     origins that the probes of a release may name
 * @param sensitive  {@code schema.table.column}: in keys, their values leave hashed
 */
public record Outside(Optional<URI> prometheus, List<URI> probes, List<String> sensitive) {

    public static final Outside NOTHING = new Outside(Optional.empty(), List.of());

    public Outside {
        probes = List.copyOf(probes);
        sensitive = List.copyOf(sensitive);
    }

    /** No column is sensitive. */
    public Outside(Optional<URI> prometheus, List<URI> probes) {
        this(prometheus, probes, List.of());
    }
}
