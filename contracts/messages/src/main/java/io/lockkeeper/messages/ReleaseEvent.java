package io.lockkeeper.messages;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What CI and CD say: a release is wanted, a version of the application came or went. */
public sealed interface ReleaseEvent extends Message {

    /**
     * @param release chosen by CI, unique per target: a second one of the same name is another event about it
     * @param files   in the order in which they are to be applied; an empty set is refused by the planner, by name
     * @param predecessors versions that the target must have already: for a release that does not bring all its files
     */
    record ReleaseRequested(String target, String release, Application application,
            @JsonProperty(defaultValue = "[]") List<MigrationFile> files,
            @JsonProperty(defaultValue = "[]") List<Invariant> invariants,
            @JsonProperty(defaultValue = "{}") Policy policy,
            @JsonProperty(defaultValue = "[]") List<String> predecessors,
            @JsonProperty(defaultValue = "[]") List<RowRule> rowRules,
            @JsonProperty(defaultValue = "[]") List<Gauge> gauges,
            @JsonProperty(defaultValue = "[]") List<Copy> copies,
            @JsonProperty(defaultValue = "[]") List<Probe> probes) implements ReleaseEvent {

        public ReleaseRequested {
            Texts.required(target, "target");
            Texts.required(release, "release");
            Texts.required(application, "application");
            files = Texts.listOrEmpty(files, "files");
            invariants = Texts.listOrEmpty(invariants, "invariants");
            policy = policy == null ? Policy.DEFAULT : policy;
            predecessors = Texts.listOrEmpty(predecessors, "predecessors");
            rowRules = Texts.listOrEmpty(rowRules, "rowRules");
            gauges = Texts.listOrEmpty(gauges, "gauges");
            copies = Texts.listOrEmpty(copies, "copies");
            probes = Texts.listOrEmpty(probes, "probes");
            requireNamesDiffer(Stream.of(invariants, rowRules, gauges, copies, probes)
                    .<Expectation>flatMap(List::stream).toList());
        }

        /** No table is a copy of another, and the application is not asked. */
        public ReleaseRequested(String target, String release, Application application, List<MigrationFile> files,
                List<Invariant> invariants, Policy policy, List<String> predecessors, List<RowRule> rowRules,
                List<Gauge> gauges) {
            this(target, release, application, files, invariants, policy, predecessors, rowRules, gauges, List.of(),
                    List.of());
        }

        /** Invariants are all that is expected. */
        public ReleaseRequested(String target, String release, Application application, List<MigrationFile> files,
                List<Invariant> invariants, Policy policy, List<String> predecessors) {
            this(target, release, application, files, invariants, policy, predecessors, List.of(), List.of());
        }

        /** A release that brings all its files. */
        public ReleaseRequested(String target, String release, Application application, List<MigrationFile> files,
                List<Invariant> invariants, Policy policy) {
            this(target, release, application, files, invariants, policy, List.of());
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

    private static void requireNamesDiffer(List<Expectation> expectations) {
        Set<String> names = new HashSet<>();
        for (Expectation expectation : expectations) {
            if (!names.add(expectation.name())) {
                throw new IllegalArgumentException("two of invariants, rowRules, gauges, copies and probes are called "
                        + expectation.name() + ": evidence tells them apart by name");
            }
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
