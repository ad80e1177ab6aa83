package io.lockkeeper.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.stack.DatabaseAddress;
import io.lockkeeper.cli.stack.TargetFile;
import io.lockkeeper.cli.stack.TargetFile.Credential;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;
import io.lockkeeper.target.TargetRegistry;

@Command(name = "target", mixinStandardHelpOptions = true, description = "The databases that releases go to.", subcommands = {
        TargetCommand.Add.class, TargetCommand.Names.class})
final class TargetCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say `target add` or `target list`");
    }

    @Command(name = "add", mixinStandardHelpOptions = true, sortOptions = false, description = "Writes a target into the home's registry; running services pick it up. Passwords are"
            + " references, never the secret itself. deploy/sql/roles.sql makes the roles.", footerHeading = "%nExample:%n", footer = {
                    "  lockkeeper target add shop --url postgresql://db.example:5432/shop \\",
                    "    --owner-role shop_owner \\",
                    "    --credential migrator=lockkeeper_migrator,env:SHOP_MIGRATOR_PASSWORD \\",
                    "    --credential observer=lockkeeper_observer,file:/run/secrets/shop_observer \\",
                    "    --credential cdc=lockkeeper_cdc,file:/run/secrets/shop_cdc \\",
                    "    --credential planner=lockkeeper_planner,file:/run/secrets/shop_planner"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                            "0:written", "2:wrong usage"})
    static final class Add implements Callable<Integer> {

        private static final List<String> ROLES = List.of("planner", "migrator", "observer", "cdc", "default");

        @Parameters(paramLabel = "NAME", description = "How releases name it.")
        private String name;

        @Option(names = "--url", required = true, paramLabel = "URL", description = "postgresql://host:port/database[?sslmode=…], without user and password.")
        private String url;

        @Option(names = "--owner-role", paramLabel = "ROLE", description = "Who owns the tables. Default: the migrator itself.")
        private String ownerRole;

        @Option(names = "--user", paramLabel = "USER", description = "Who connects, for every role without a"
                + " --credential of its own.")
        private String user;

        @Option(names = "--password", paramLabel = "REFERENCE", description = "Of --user: env:NAME or file:/path.")
        private String password;

        @Option(names = "--credential", paramLabel = "ROLE=USER[,REFERENCE]", description = "ROLE is planner, migrator, observer, cdc or default (all others); REFERENCE is env:NAME or"
                + " file:/path.")
        private Map<String, String> credentials = new LinkedHashMap<>();

        @Option(names = "--home", paramLabel = "DIR", description = "Default: $LOCKKEEPER_HOME, else ~/.lockkeeper")
        private Path home;

        @Override
        public Integer call() {
            DatabaseAddress address = DatabaseAddress.parse(url);
            if (address.user().isPresent()) {
                throw new CommandFailure(ExitCode.USAGE,
                        "take user and password out of --url and state --credential default=USER,env:NAME");
            }
            Map<String, Credential> read = new LinkedHashMap<>();
            credentials.forEach((role, text) -> read.put(role, credential(role, text)));
            if (user != null) {
                read.put("default", credential("default", password == null ? user : user + "," + password));
            }
            HomeDirectory directory = HomeDirectory.of(Optional.ofNullable(home));
            requireUsable(address, read);
            new TargetFile(name, address.url(), Optional.ofNullable(ownerRole), read).write(directory);
            Terminal.standard().line("target %s is in %s; `lockkeeper doctor %s` looks at it", name,
                    directory.targets(), name);
            return ExitCode.DONE;
        }

        /** As the services will read it, so that a mistake is told now and not at the first release. */
        private void requireUsable(DatabaseAddress address, Map<String, Credential> read) {
            try {
                Map<String, io.lockkeeper.target.Credential> references = new LinkedHashMap<>();
                read.forEach((role, one) -> references.put(role,
                        new io.lockkeeper.target.Credential(one.user(), one.reference())));
                new Target(name, address.url(), references, Optional.ofNullable(ownerRole), Optional.empty(), Map.of());
            } catch (TargetException e) {
                throw new CommandFailure(ExitCode.USAGE, e.getMessage(), e);
            }
        }

        private static Credential credential(String role, String text) {
            String[] parts = text.split(",", 2);
            if (!ROLES.contains(role) || parts[0].isBlank()) {
                throw new CommandFailure(ExitCode.USAGE, "--credential is ROLE=USER[,REFERENCE] with a role of "
                        + String.join(", ", ROLES));
            }
            if (parts.length > 1 && !parts[1].startsWith("env:") && !parts[1].startsWith("file:")) {
                throw new CommandFailure(ExitCode.USAGE, "the password of " + parts[0]
                        + " must be a reference, env:NAME or file:/path, never the secret itself");
            }
            return new Credential(parts[0], parts.length > 1 ? Optional.of(parts[1]) : Optional.empty());
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Shows the targets of the home's registry.", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
            "0:done", "2:wrong usage"})
    static final class Names implements Callable<Integer> {

        @Mixin
        private ServiceOptions options;

        @Override
        public Integer call() {
            Path directory = options.home().targets();
            TargetRegistry registry = new TargetRegistry(directory);
            Terminal terminal = Terminal.standard();
            if (registry.names().isEmpty()) {
                terminal.line("no targets in %s: `lockkeeper target add` adds one", directory);
            }
            for (String name : registry.names()) {
                terminal.line("%-20s %s", name, describe(registry, name));
            }
            return ExitCode.DONE;
        }

        private static String describe(TargetRegistry registry, String name) {
            try {
                return registry.find(name).map(target -> target.url().toString()).orElse("(no usable name)");
            } catch (TargetException e) {
                return e.getMessage();
            }
        }
    }
}
