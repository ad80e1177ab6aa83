package io.lockkeeper.target;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * A database that releases go to: one file of the registry.
 *
 * @param name        the file's name without its suffix; key of all events
 * @param url         {@code postgresql://host:port/database[?sslmode=…]}, without user and password
 * @param credentials by role ({@code planner}, {@code migrator}, {@code observer}, {@code cdc}); {@code default} for the
 *                    others
 * @param ownerRole   the role that owns the tables; DDL runs under it. Absent where the migrator owns them itself
 * @param profile     evidence profile for releases that name none
 * @param labels      free, for people and waves
 */
public record Target(String name, URI url, Map<String, Credential> credentials, Optional<String> ownerRole,
        Optional<String> profile, Map<String, String> labels) {

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
        credentials = credentials == null ? Map.of() : Map.copyOf(credentials);
        if (credentials.isEmpty()) {
            throw new TargetException(
                    "target " + name + " has no credentials: state at least `credentials.default.user`");
        }
        ownerRole = ownerRole == null ? Optional.empty() : ownerRole;
        profile = profile == null ? Optional.empty() : profile;
        labels = labels == null ? Map.of() : Map.copyOf(labels);
    }

    public Credential credential(Role role) {
        Credential credential = credentials.getOrDefault(role.key(), credentials.get("default"));
        if (credential == null) {
            throw new TargetException("target " + name + " has no credential for " + role.key()
                    + ": state credentials." + role.key() + " or credentials.default");
        }
        return credential;
    }

    public String host() {
        return url.getHost();
    }

    public int port() {
        return url.getPort() < 0 ? 5432 : url.getPort();
    }

    public String database() {
        return url.getPath().substring(1);
    }

    /** {@code disable}, {@code prefer} (the default), {@code require}, {@code verify-ca} or {@code verify-full}. */
    public String sslMode() {
        String query = url.getQuery() == null ? "" : url.getQuery();
        for (String pair : query.split("&")) {
            if (pair.startsWith("sslmode=")) {
                return pair.substring("sslmode=".length());
            }
        }
        return "prefer";
    }
}
