package io.lockkeeper.target;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A database that releases go to: one file of the registry.
 *
 * @param name        the file's name without its suffix; key of all events
 * @param url         {@code postgresql://host:port/database[?sslmode=…][&sslrootcert=/path/ca.pem]}, without user and
 *                    password
 * @param credentials by role ({@code planner}, {@code migrator}, {@code observer}, {@code cdc}); {@code default} for the
 *                    others
 * @param ownerRole   the role that owns the tables; DDL runs under it. Absent where the migrator owns them itself
 * @param profile     evidence profile for releases that name none
 * @param labels      free, for people and waves
 * @param allow       ids of policy rules that releases to this target need no exception for
 * @param fresh       no application uses it yet: releases run as written
 * @param replicas    standbys that answer queries, each as an url: their callers are seen there alone
 * @param history     the team's own table of what was applied, kept up to date too
 */
public record Target(String name, URI url, Map<String, Credential> credentials, Optional<String> ownerRole,
        Optional<String> profile, Map<String, String> labels, Set<String> allow, boolean fresh,
        List<URI> replicas, Optional<TeamHistory> history) {

    private static final String SSL_MODE = "sslmode";
    private static final String SSL_ROOT_CERTIFICATE = "sslrootcert";
    private static final List<String> SSL_MODES = List.of("disable", "allow", "prefer", "require", "verify-ca",
            "verify-full");

    public Target {
        if (url == null) {
            throw new TargetException("target " + name + " has no url: state postgresql://host:port/database");
        }
        if (!"postgresql".equals(url.getScheme()) && !"postgres".equals(url.getScheme()) || url.getHost() == null
                || url.getPath() == null || url.getPath().length() < 2) {
            throw new TargetException("target " + name + ": url must be postgresql://host:port/database");
        }
        if (url.getUserInfo() != null) {
            throw new TargetException(
                    "target " + name + ": take user and password out of the url and state `credentials`");
        }
        requireKnownParameters(name, parameters(url));
        credentials = credentials == null ? Map.of() : Map.copyOf(credentials);
        if (credentials.isEmpty()) {
            throw new TargetException(
                    "target " + name + " has no credentials: state at least `credentials.default.user`");
        }
        ownerRole = ownerRole == null ? Optional.empty() : ownerRole;
        profile = profile == null ? Optional.empty() : profile;
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        allow = allow == null ? Set.of() : Set.copyOf(allow);
        replicas = replicas == null ? List.of() : List.copyOf(replicas);
        history = history == null ? Optional.empty() : history;
    }

    /** A target that is in use and allows nothing beyond the rules. */
    public Target(String name, URI url, Map<String, Credential> credentials, Optional<String> ownerRole,
            Optional<String> profile, Map<String, String> labels) {
        this(name, url, credentials, ownerRole, profile, labels, Set.of(), false, List.of(), Optional.empty());
    }

    /** The replicas as targets of their own, with the same credentials. */
    public List<Target> readers() {
        return replicas.stream().map(replica -> new Target(name, replica, credentials, ownerRole, profile, labels,
                allow, fresh, List.of(), history)).toList();
    }

    public Credential credential(Role role) {
        Credential credential = credentials.getOrDefault(role.key(), credentials.get("default"));
        if (credential == null) {
            throw new TargetException("target " + name + " has no credential for " + role.key()
                    + ": state credentials." + role.key() + " or credentials.default");
        }
        return credential;
    }

    /** A name or an address; an IPv6 address without the brackets that it has in the url. */
    public String host() {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    public int port() {
        return url.getPort() < 0 ? 5432 : url.getPort();
    }

    public String database() {
        return url.getPath().substring(1);
    }

    /** One of libpq's modes; {@code prefer} unless the url says otherwise. */
    public String sslMode() {
        return parameters(url).getOrDefault(SSL_MODE, "prefer");
    }

    /** PEM file with the certificates that sign the server's; {@code verify-ca} and {@code verify-full} need it. */
    public Optional<Path> sslRootCertificate() {
        return Optional.ofNullable(parameters(url).get(SSL_ROOT_CERTIFICATE)).map(Path::of);
    }

    private static void requireKnownParameters(String name, Map<String, String> parameters) {
        for (String parameter : parameters.keySet()) {
            // A parameter that libpq knows and we would silently ignore may be one that somebody relies on.
            if (!parameter.equals(SSL_MODE) && !parameter.equals(SSL_ROOT_CERTIFICATE)) {
                throw new TargetException("target " + name + ": take `" + parameter
                        + "` out of the url; it may say sslmode and sslrootcert, and who connects stands in `credentials`");
            }
        }
        String mode = parameters.getOrDefault(SSL_MODE, "prefer");
        if (!SSL_MODES.contains(mode)) {
            throw new TargetException("target " + name + ": sslmode " + mode + " is not one of " + SSL_MODES);
        }
    }

    private static Map<String, String> parameters(URI url) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (url.getQuery() != null) {
            for (String pair : url.getQuery().split("&")) {
                int equals = pair.indexOf('=');
                parameters.put(equals < 0 ? pair : pair.substring(0, equals),
                        equals < 0 ? "" : pair.substring(equals + 1));
            }
        }
        return parameters;
    }
}
