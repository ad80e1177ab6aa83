package io.lockkeeper.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.Endpoints;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.client.Services;

/** Which services a command talks to. */
final class ServiceOptions {

    private static final URI DEFAULT_PLANNER = URI.create("http://127.0.0.1:8081");
    private static final URI DEFAULT_EXECUTOR = URI.create("http://127.0.0.1:8082");
    private static final URI DEFAULT_OBSERVER = URI.create("http://127.0.0.1:8080");

    @Option(names = "--home", paramLabel = "DIR", description = "Token, addresses and targets."
            + " Default: $LOCKKEEPER_HOME, else ~/.lockkeeper")
    private Path home;

    @Option(names = "--planner", paramLabel = "URL", description = "Instead of the address in the home.")
    private URI planner;

    @Option(names = "--executor", paramLabel = "URL", description = "Instead of the address in the home.")
    private URI executor;

    @Option(names = "--observer", paramLabel = "URL", description = "Instead of the address in the home.")
    private URI observer;

    HomeDirectory home() {
        return HomeDirectory.of(Optional.ofNullable(home));
    }

    Services services() {
        Optional<Endpoints> known = planner != null && executor != null && observer != null
                ? Optional.empty()
                : Endpoints.read(home());
        return new Services(new Endpoints(address(planner, known.map(Endpoints::planner), DEFAULT_PLANNER),
                address(executor, known.map(Endpoints::executor), DEFAULT_EXECUTOR),
                address(observer, known.map(Endpoints::observer), DEFAULT_OBSERVER), ""), home().token());
    }

    private static URI address(URI option, Optional<URI> known, URI usual) {
        URI chosen = Optional.ofNullable(option).or(() -> known).orElse(usual);
        String text = chosen.toString();
        return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : chosen;
    }
}
