package io.lockkeeper.embedded;

import java.time.Duration;
import java.util.Optional;

/** A user of this machine: name, user id and primary group id. */
record Account(String name, int uid, int gid) {

    private static final Account CURRENT = new Account(System.getProperty("user.name", "?"), id("-u"), id("-g"));

    static Account current() {
        return CURRENT;
    }

    boolean root() {
        return uid == 0;
    }

    /** Looks into the user database; empty where there is no such user. */
    static Optional<Account> named(String name) {
        var user = Command.of("id", "-u", name).run(Duration.ofSeconds(10));
        var group = Command.of("id", "-g", name).run(Duration.ofSeconds(10));
        if (user.failed() || group.failed()) {
            return Optional.empty();
        }
        return Optional.of(new Account(name, Integer.parseInt(user.firstLine()), Integer.parseInt(group.firstLine())));
    }

    private static int id(String option) {
        var id = Command.of("id", option).run(Duration.ofSeconds(10));
        if (id.failed()) {
            throw new EmbeddedServerException("Cannot find out which user runs this process", id.firstLine(),
                    "Install the program `id`");
        }
        return Integer.parseInt(id.firstLine());
    }
}
