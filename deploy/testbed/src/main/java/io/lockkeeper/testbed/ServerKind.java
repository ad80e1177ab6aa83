package io.lockkeeper.testbed;

import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Optional;

import org.testcontainers.DockerClientFactory;

/** Where the servers of this test run live; decided once. */
enum ServerKind {

    EMBEDDED, CONTAINERS;

    static final String PROPERTY = "lockkeeper.testbed";
    static final String VARIABLE = "LOCKKEEPER_TESTBED";

    static ServerKind chosen() {
        return Choice.KIND;
    }

    static ServerKind choose(Optional<String> wish) {
        return wish.map(ServerKind::named).orElseGet(
                () -> DockerClientFactory.instance().isDockerAvailable() ? CONTAINERS : EMBEDDED);
    }

    private static ServerKind named(String wish) {
        return switch (wish.strip().toLowerCase(Locale.ROOT)) {
            case "embedded" -> EMBEDDED;
            case "containers" -> CONTAINERS;
            default -> throw new IllegalArgumentException("The testbed cannot be \"" + wish + "\": set -D" + PROPERTY
                    + " or " + VARIABLE + " to embedded or containers, or to nothing for the one that works here");
        };
    }

    private static final class Choice {

        private static final ServerKind KIND = choose();

        private static ServerKind choose() {
            var wish = Optional.ofNullable(System.getProperty(PROPERTY))
                    .or(() -> Optional.ofNullable(System.getenv(VARIABLE))).filter(text -> !text.isBlank());
            var kind = ServerKind.choose(wish);
            System.getLogger(ServerKind.class.getName()).log(Level.INFO, "Tests use servers={0} because={1}", kind,
                    wish.isPresent() ? "asked for" : "of what answers on this machine");
            return kind;
        }
    }
}
