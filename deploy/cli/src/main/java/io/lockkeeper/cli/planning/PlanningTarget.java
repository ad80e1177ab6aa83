package io.lockkeeper.cli.planning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.stack.DatabaseAddress;
import io.lockkeeper.target.Credential;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;
import io.lockkeeper.target.TargetRegistry;

/** Where a release is planned: a target of the home's registry, or a database that nobody registered. */
public final class PlanningTarget implements AutoCloseable {

    private final Optional<String> name;
    private final Function<String, Optional<Target>> find;
    private final Optional<Path> secret;

    private PlanningTarget(Optional<String> name, Function<String, Optional<Target>> find, Optional<Path> secret) {
        this.name = name;
        this.find = find;
        this.secret = secret;
    }

    /**
     * To be read; who would run a plan on a database that nobody registered is not known.
     *
     * @param nameOrUrl of {@code --target}; without it the release names its target
     */
    public static PlanningTarget of(Optional<String> nameOrUrl, HomeDirectory home) {
        return of(nameOrUrl, home, Role.PLANNER.key());
    }

    /** To make databases on. */
    static PlanningTarget scratch(String nameOrUrl, HomeDirectory home) {
        return of(Optional.of(nameOrUrl), home, "default");
    }

    private static PlanningTarget of(Optional<String> nameOrUrl, HomeDirectory home, String role) {
        boolean url = nameOrUrl.filter(text -> text.contains("://")).isPresent();
        return url
                ? unregistered(DatabaseAddress.parse(nameOrUrl.get()), role)
                : new PlanningTarget(nameOrUrl, name -> new TargetRegistry(home.targets()).find(name),
                        Optional.empty());
    }

    /** User and password as libpq finds them: in the address, else in PGUSER and PGPASSWORD, else the user of this process. */
    private static PlanningTarget unregistered(DatabaseAddress address, String role) {
        String user = address.user().or(() -> Optional.ofNullable(System.getenv("PGUSER")))
                .orElseGet(() -> System.getProperty("user.name"));
        // A credential only ever refers to a password, so that no object holds it.
        Optional<Path> secret = address.password().map(PlanningTarget::secretFile);
        Optional<String> reference = secret.map(file -> "file:" + file)
                .or(() -> Optional.ofNullable(System.getenv("PGPASSWORD")).map(set -> "env:PGPASSWORD"));
        String name = address.database();
        try {
            Target target = new Target(name, address.url(), Map.of(role, new Credential(user, reference)),
                    Optional.empty(), Optional.empty(), Map.of());
            return new PlanningTarget(Optional.of(name), wanted -> Optional.of(target), secret);
        } catch (TargetException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage(), e);
        }
    }

    private static Path secretFile(String password) {
        try {
            Path file = Files.createTempFile("lockkeeper-", ".secret",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, password);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE,
                    "cannot keep the password of --target in a file of " + System.getProperty("java.io.tmpdir")
                            + ": put it into PGPASSWORD",
                    e);
        }
    }

    /** How the release is to name it; empty where it names its own. */
    public Optional<String> name() {
        return name;
    }

    Optional<Target> find(String wanted) {
        return find.apply(wanted);
    }

    @Override
    public void close() {
        secret.ifPresent(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + file + ", which holds a password", e);
            }
        });
    }
}
