package io.lockkeeper.cli.stack;

import java.net.URI;
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

    /** Writes the password where its owner alone reads it. */
    public static Credential withSecret(HomeDirectory home, String target, String user, String password) {
        var file = home.secrets().resolve(target + "." + user.replaceAll("[^A-Za-z0-9._-]", "_"));
        home.writeSecret(file, password);
        return new Credential(user, Optional.of("file:" + file));
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
