package io.lockkeeper.cli.stack;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.client.HomeDirectory;

/**
 * One target as the registry stores it, in {@code targets/<name>.yaml}; the services pick it up without a restart.
 *
 * @param url         without user and password
 * @param credentials by role: {@code planner}, {@code migrator}, {@code observer}, {@code cdc} or {@code default}
 */
public record TargetFile(String name, URI url, Optional<String> ownerRole, Map<String, Credential> credentials) {

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    /** @param reference {@code env:NAME} or {@code file:/path}; absent where the server asks for no password */
    public record Credential(String user, Optional<String> reference) {}

    public TargetFile {
        if (!name.matches(NAME)) {
            throw new CommandFailure(ExitCode.USAGE, "\"" + name
                    + "\" is no target name: use letters, digits, dot, underscore and dash, 63 at most");
        }
        credentials = Map.copyOf(credentials);
    }

    /**
     * Writes the password where its owner alone reads it.
     *
     * @param server names whose user it is
     */
    public static Credential withSecret(HomeDirectory home, String server, String user, String password) {
        Path file = secretFile(home, server, user);
        home.writeSecret(file, password);
        return new Credential(user, Optional.of("file:" + file));
    }

    /** The password that was written before. */
    static Optional<String> secret(HomeDirectory home, String server, String user) {
        Path file = secretFile(home, server, user);
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "cannot read " + file + ": check who owns it", e);
        }
    }

    public static Path secretFile(HomeDirectory home, String server, String user) {
        return home.secrets().resolve((server + "." + user).replaceAll("[^A-Za-z0-9._-]", "_"));
    }

    public void write(HomeDirectory home) {
        Map<String, Credential> ordered = new LinkedHashMap<>();
        credentials.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        String lines = ordered.entrySet().stream().map(entry -> "  " + entry.getKey() + ": { user: "
                + quoted(entry.getValue().user())
                + entry.getValue().reference().map(reference -> ", password: " + quoted(reference)).orElse("") + " }\n")
                .collect(Collectors.joining());
        home.write(home.targets().resolve(name + ".yaml"), "url: " + quoted(url.toString()) + "\n"
                + ownerRole.map(role -> "ownerRole: " + quoted(role) + "\n").orElse("") + "credentials:\n" + lines);
    }

    /** Double quotes, as in JSON: YAML reads that whatever characters the name has. */
    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
