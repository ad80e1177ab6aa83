package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * As whom PostgreSQL's programs run, and who therefore owns the data directory.
 *
 * @param wrapper words that go before a command
 * @param owner who owns the data, as seen from outside
 */
record ServerIdentity(String description, List<String> wrapper, Account owner) {

    ServerIdentity {
        wrapper = List.copyOf(wrapper);
    }

    /** Accounts that are tried in this order when root names none; PostgreSQL insists that the user database has it. */
    private static final List<String> UNPRIVILEGED = List.of("lockkeeper", "nobody", "postgres");

    List<String> command(List<String> words) {
        var all = new ArrayList<>(wrapper);
        all.addAll(words);
        return all;
    }

    /**
     * The first identity under which the programs can be run and the data directory can be used, tried for real. Gives
     * the data directory, with everything in it, to that identity.
     *
     * @param account the account to drop to, or empty for a usual one
     */
    static ServerIdentity choose(RootDrop drop, Optional<String> account, PostgresBinaries binaries, Path data) {
        var self = Account.current();
        if (!self.root()) {
            return new ServerIdentity("user " + self.name(), List.of(), self);
        }
        var refusals = new ArrayList<String>();
        for (var candidate : candidates(drop, account, refusals)) {
            var refusal = candidate.refusal(binaries, data);
            if (refusal.isEmpty()) {
                return candidate;
            }
            refusals.add(candidate.description() + ": " + refusal.get());
        }
        throw new EmbeddedServerException("PostgreSQL refuses to run as root, and this process cannot become another"
                + " user for it", String.join("; ", refusals),
                "Run as an ordinary user, or install setpriv (util-linux) or runuser or su, keep the data directory"
                        + " where an unprivileged user can enter it (not under root's home; /var/tmp will do), or name"
                        + " an installed PostgreSQL that it can run: --postgres-bin DIR");
    }

    private static List<ServerIdentity> candidates(RootDrop drop, Optional<String> name, List<String> refusals) {
        var candidates = new ArrayList<ServerIdentity>();
        var names = name.map(List::of).orElse(UNPRIVILEGED);
        var account = names.stream().map(Account::named).flatMap(Optional::stream).filter(found -> !found.root())
                .findFirst();
        if (account.isEmpty()) {
            refusals.add("no unprivileged account among " + names);
        }
        account.ifPresent(user -> {
            if (drop == RootDrop.AUTOMATIC || drop == RootDrop.SETPRIV) {
                candidates.add(new ServerIdentity("setpriv to " + user.name(), List.of("setpriv",
                        "--reuid=" + user.uid(), "--regid=" + user.gid(), "--clear-groups", "--no-new-privs", "--"),
                        user));
            }
            if (drop == RootDrop.AUTOMATIC || drop == RootDrop.RUNUSER) {
                candidates.add(new ServerIdentity("runuser to " + user.name(),
                        List.of("runuser", "-u", user.name(), "--"), user));
            }
            if (drop == RootDrop.AUTOMATIC || drop == RootDrop.SU) {
                // The words reach the shell as $0 and its arguments, so that nothing has to be quoted.
                candidates.add(new ServerIdentity("su to " + user.name(),
                        List.of("su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", user.name(), "--"), user));
            }
        });
        if (drop == RootDrop.AUTOMATIC || drop == RootDrop.USER_NAMESPACE) {
            candidates.add(new ServerIdentity("user namespace by unshare", List.of("unshare", "--user", "--"),
                    Account.current()));
        }
        return candidates;
    }

    private Optional<String> refusal(PostgresBinaries binaries, Path data) {
        try {
            if (Directories.owner(data) != owner.uid()) {
                Directories.give(data, owner.uid(), owner.gid());
            }
        } catch (IOException e) {
            return Optional.of("cannot give it " + data + " (" + e.getMessage() + ")");
        }
        var probe = new Command(command(List.of("/bin/sh", "-c", """
                [ "$(id -u)" != 0 ] || { echo 'it is still root'; exit 1; }
                cd "$1" 2>/dev/null || { echo "it cannot enter $1"; exit 1; }
                [ -w . ] || { echo "it cannot write to $1"; exit 1; }
                "$2" --version >/dev/null 2>&1 || { echo "it cannot run $2"; exit 1; }
                """, "sh", data.toString(), binaries.postgres().toString())), Path.of("/"))
                .run(Duration.ofSeconds(20));
        return probe.failed() ? Optional.of(probe.firstLine()) : Optional.empty();
    }

    /** Lets the server's user, and nobody else, read and write a file that this process made. */
    void own(Path file) throws IOException {
        if (Directories.owner(file) != owner.uid()) {
            Files.setAttribute(file, "unix:gid", owner.gid());
            Files.setAttribute(file, "unix:uid", owner.uid());
        }
    }
}
