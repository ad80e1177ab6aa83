package io.lockkeeper.messages;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * An address of the application that must answer well while a release runs.
 *
 * @param url      asked by GET; where the observer may ask is configured there
 * @param status   that the answer must have; any 2xx where it is not stated
 * @param contains words that the answer must have in its first 64 KiB
 * @param within   time for the whole answer
 */
public record Probe(String name, String url, Optional<Integer> status, Optional<String> contains,
        @JsonProperty(defaultValue = "PT1S") Duration within, @JsonProperty(defaultValue = "P1") Severity severity,
        Optional<String> impact, Optional<String> owner, Optional<String> enforcedBy) implements Expectation {

    private static final String FORM = "probe.url: state http:// or https:// with a host and without a password";

    public Probe {
        Texts.required(name, "probe.name");
        Texts.required(url, "probe.url");
        requireHttp(url);
        status = Texts.optional(status);
        contains = Texts.optional(contains);
        within = within == null ? Duration.ofSeconds(1) : within;
        Texts.positive(within, "probe.within");
        severity = severity == null ? Severity.P1 : severity;
        impact = Texts.optional(impact);
        owner = Texts.optional(owner);
        enforcedBy = Texts.optional(enforcedBy);
    }

    /** Whoever reads a plan reads its addresses: they carry no secret, and an error does not tell it. */
    private static void requireHttp(String url) {
        URI address;
        try {
            address = new URI(url);
        } catch (URISyntaxException tellsTheText) {
            throw new IllegalArgumentException(FORM);
        }
        if (address.getHost() == null || address.getUserInfo() != null
                || !"http".equals(address.getScheme()) && !"https".equals(address.getScheme())) {
            throw new IllegalArgumentException(FORM);
        }
    }
}
