package io.lockkeeper.cli.stack;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;

/**
 * {@code postgresql://user[:password]@host[:port]/database[?options]} in its parts.
 *
 * @param url without user and password, as the registry wants it
 */
public record DatabaseAddress(URI url, Optional<String> user, Optional<String> password) {

    public static DatabaseAddress parse(String text) {
        try {
            URI whole = new URI(text);
            String scheme = String.valueOf(whole.getScheme());
            if (!scheme.equals("postgresql") && !scheme.equals("postgres") || whole.getHost() == null
                    || whole.getPath() == null || whole.getPath().length() < 2) {
                throw notAnAddress(null);
            }
            URI bare = new URI("postgresql", null, whole.getHost(), whole.getPort(), whole.getPath(), whole.getQuery(),
                    null);
            String[] who = whole.getRawUserInfo() == null ? new String[0] : whole.getRawUserInfo().split(":", 2);
            return new DatabaseAddress(bare, who.length > 0 ? Optional.of(decoded(who[0])) : Optional.empty(),
                    who.length > 1 ? Optional.of(decoded(who[1])) : Optional.empty());
        } catch (URISyntaxException e) {
            throw notAnAddress(e);
        }
    }

    public String database() {
        return url.getPath().substring(1);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Says nothing of the text itself: it may hold a password. */
    private static CommandFailure notAnAddress(Exception cause) {
        return new CommandFailure(ExitCode.USAGE,
                "the address of a target is postgresql://user@host:port/database", cause);
    }
}
