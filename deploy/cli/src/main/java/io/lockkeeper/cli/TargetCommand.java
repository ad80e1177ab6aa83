package io.lockkeeper.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

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

        @Option(names = "--credential", required = true, paramLabel = "ROLE=USER[,REFERENCE]", description = "ROLE is planner, migrator, observer, cdc or default (all others); REFERENCE is env:NAME or"
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
            HomeDirectory directory = HomeDirectory.of(Optional.ofNullable(home));
            new TargetFile(name, address.url(), Optional.ofNullable(ownerRole), read).write(directory);
            Terminal.standard().line("target %s is in %s; `lockkeeper doctor %s` looks at it", name,
                    directory.targets(), name);
            return ExitCode.DONE;
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
            var directory = options.home().targets();
            Terminal terminal = Terminal.standard();
            if (!Files.isDirectory(directory)) {
                terminal.line("no targets in %s: `lockkeeper target add` adds one", directory);
                return ExitCode.DONE;
            }
            try (Stream<Path> files = Files.list(directory)) {
                for (var file : files.filter(one -> one.toString().endsWith(".yaml")).sorted().toList()) {
                    String name = file.getFileName().toString().replaceFirst("\\.yaml$", "");
                    String url = Files.readAllLines(file).stream().filter(line -> line.startsWith("url:")).findFirst()
                            .map(line -> line.substring(4).strip().replace("\"", "")).orElse("(no url)");
                    terminal.line("%-20s %s", name, url);
                }
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.USAGE, "cannot read " + directory + ": " + e.getMessage(), e);
            }
            return ExitCode.DONE;
        }
    }
}
