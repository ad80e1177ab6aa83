package io.lockkeeper.cli;

import java.net.URI;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.Endpoints;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.stack.DatabaseAddress;
import io.lockkeeper.cli.stack.RolesScript;
import io.lockkeeper.cli.stack.ServiceName;
import io.lockkeeper.cli.stack.Stack;
import io.lockkeeper.cli.stack.TargetFile;
import io.lockkeeper.cli.stack.TargetFile.Credential;
import io.lockkeeper.embedded.EmbeddedPostgres;

@Command(name = "up", mixinStandardHelpOptions = true, sortOptions = false, description = "Starts the services on this machine and leaves them running, with a PostgreSQL and a Kafka of"
        + " their own unless others are named. A second `up` changes nothing.", footerHeading = "%nExamples:%n", footer = {
                "  lockkeeper up", "  lockkeeper up --postgres-bin /usr/lib/postgresql/17/bin",
                "  lockkeeper up --target postgresql://admin@db.example:5432/shop --kafka broker:9092",
                "Without a password in --target, $PGPASSWORD is taken."}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:it runs", "2:wrong usage", "6:a server or a service does not start; the message says why"})
final class UpCommand implements Callable<Integer> {

    private static final String LOCAL = "local";
    private static final String DATABASE = "app";
    private static final String EMBEDDED = "embedded";

    @Option(names = "--home", paramLabel = "DIR", description = "Default: $LOCKKEEPER_HOME, else ~/.lockkeeper")
    private Path home;

    @Option(names = "--target", paramLabel = "URL", description = "A database that exists, postgresql://user[:password]@host:port/database, instead of an"
            + " embedded one.")
    private String target;

    @Option(names = "--name", paramLabel = "NAME", description = "How releases name the target. Default: the database's name, or local.")
    private String name;

    @Option(names = "--owner-role", paramLabel = "ROLE", description = "Who owns the tables of --target.")
    private String ownerRole;

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "A broker that runs, instead of an embedded one.")
    private String kafka;

    @Option(names = "--postgres-bin", paramLabel = "DIR", description = "An installed PostgreSQL (initdb, postgres) instead of the bundled one.")
    private Path postgresBin;

    @Option(names = "--data", paramLabel = "DIR", description = "Where the embedded servers keep their data.")
    private Path data;

    @Option(names = "--observer-port", paramLabel = "PORT", defaultValue = "8080", description = "Observer and page. Default: ${DEFAULT-VALUE}; 0: any free one.")
    private int observerPort;

    @Option(names = "--planner-port", paramLabel = "PORT", defaultValue = "8081", description = "Default: ${DEFAULT-VALUE}; 0: any free one.")
    private int plannerPort;

    @Option(names = "--executor-port", paramLabel = "PORT", defaultValue = "8082", description = "Default: ${DEFAULT-VALUE}; 0: any free one.")
    private int executorPort;

    @Option(names = "--postgres-port", paramLabel = "PORT", defaultValue = "0", description = "Of the embedded PostgreSQL. Default: any free one.")
    private int postgresPort;

    @Option(names = "--kafka-port", paramLabel = "PORT", defaultValue = "0", description = "Of the embedded Kafka. Default: any free one.")
    private int kafkaPort;

    @Option(names = "--alertmanager", paramLabel = "URL", description = "Where alerts go, beside their topic.")
    private URI alertmanager;

    @Override
    public Integer call() {
        HomeDirectory directory = HomeDirectory.of(Optional.ofNullable(home));
        Terminal terminal = Terminal.standard();
        Path place = dataDirectory(directory);
        if (Stack.detachedRuns(directory)) {
            terminal.line("it runs already");
            Endpoints.read(directory).ifPresent(endpoints -> say(terminal, directory, endpoints));
            return ExitCode.DONE;
        }
        // What is left of an earlier one would be in the way, half of it running.
        Stack.stopDetached(directory, place);
        Installation installation = Installation.find();
        Stack stack = stack(installation, directory, place);
        try {
            terminal.line("starting…");
            stack.startServers();
            String added = target == null ? embeddedTarget(installation, stack) : externalTarget(directory);
            stack.startServices();
            terminal.line("target %s is registered; `lockkeeper doctor %s` looks at it", added, added);
            say(terminal, directory, stack.endpoints());
            stack.close();
            return ExitCode.DONE;
        } catch (RuntimeException e) {
            stack.abandon();
            throw e;
        }
    }

    private Path dataDirectory(HomeDirectory directory) {
        return Optional.ofNullable(data).map(Path::toAbsolutePath).orElseGet(() -> Stack.defaultData(directory));
    }

    private Stack stack(Installation installation, HomeDirectory directory, Path place) {
        Stack.Builder builder = Stack.builder(installation, directory).detached(place).postgresPort(postgresPort)
                .kafkaPort(kafkaPort).port(ServiceName.OBSERVER, observerPort).port(ServiceName.PLANNER, plannerPort)
                .port(ServiceName.EXECUTOR, executorPort);
        Optional.ofNullable(postgresBin).ifPresent(builder::postgresBin);
        Optional.ofNullable(kafka).ifPresent(builder::kafka);
        Optional.ofNullable(alertmanager).ifPresent(
                url -> builder.configure(ServiceName.OBSERVER, "lockkeeper.alertmanager.url", url.toString()));
        return (target == null ? builder : builder.withoutPostgres()).build();
    }

    private String embeddedTarget(Installation installation, Stack stack) {
        EmbeddedPostgres postgres = stack.postgres();
        String targetName = Optional.ofNullable(name).orElse(LOCAL);
        try (var server = DriverManager.getConnection(postgres.jdbcUrl("postgres", EmbeddedPostgres.SUPERUSER));
                var find = server.createStatement()) {
            try (var rows = find.executeQuery("SELECT FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                if (!rows.next()) {
                    find.execute("CREATE DATABASE " + DATABASE);
                }
            }
        } catch (SQLException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "cannot make the database " + DATABASE + ": "
                    + e.getMessage(), e);
        }
        try (var superuser = DriverManager.getConnection(postgres.jdbcUrl(DATABASE, EmbeddedPostgres.SUPERUSER));
                var statement = superuser.createStatement()) {
            statement.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
            var prepared = RolesScript.apply(installation, stack.home(), EMBEDDED, superuser, "app_owner",
                    "app_user");
            new TargetFile(targetName, URI.create("postgresql://127.0.0.1:" + postgres.port() + "/" + DATABASE
                    + "?sslmode=disable"), Optional.of("app_owner"), prepared.credentials()).write(stack.home());
            Terminal.standard().line("PostgreSQL: postgresql://app_user@127.0.0.1:%d/%s, password in %s",
                    postgres.port(), DATABASE, TargetFile.secretFile(stack.home(), EMBEDDED, "app_user"));
        } catch (SQLException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "cannot prepare the database " + DATABASE + ": "
                    + e.getMessage(), e);
        }
        return targetName;
    }

    private String externalTarget(HomeDirectory directory) {
        DatabaseAddress address = DatabaseAddress.parse(target);
        String targetName = Optional.ofNullable(name).orElse(address.database());
        String user = address.user().orElseThrow(
                () -> new CommandFailure(ExitCode.USAGE,
                        "--target names no user: postgresql://user@host:port/database"));
        Optional<String> password = address.password().or(() -> Optional.ofNullable(System.getenv("PGPASSWORD")));
        Credential credential = password.map(secret -> TargetFile.withSecret(directory, targetName, user, secret))
                .orElseGet(() -> new Credential(user, Optional.empty()));
        new TargetFile(targetName, address.url(), Optional.ofNullable(ownerRole), Map.of("default", credential))
                .write(directory);
        return targetName;
    }

    private static void say(Terminal terminal, HomeDirectory directory, Endpoints endpoints) {
        terminal.line("page:     %s", endpoints.observer());
        terminal.line("planner:  %s", endpoints.planner());
        terminal.line("executor: %s", endpoints.executor());
        terminal.line("kafka:    %s", endpoints.kafka());
        terminal.line("home:     %s", directory.path());
        terminal.line("logs:     %s", directory.logs());
        terminal.line("`lockkeeper down` stops it");
    }
}
