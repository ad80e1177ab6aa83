package io.lockkeeper.cli.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;

/** Where the services answer. `up` and `demo` write it into the home as lines of {@code name=address}. */
public record Endpoints(URI planner, URI executor, URI observer, String kafka) {

    /** Empty where the home has none. */
    public static Optional<Endpoints> read(HomeDirectory home) {
        if (!Files.isRegularFile(home.endpoints())) {
            return Optional.empty();
        }
        try {
            Map<String, String> lines = new HashMap<>();
            for (String line : Files.readAllLines(home.endpoints())) {
                int equals = line.indexOf('=');
                if (equals > 0 && !line.startsWith("#")) {
                    lines.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
                }
            }
            return Optional.of(new Endpoints(address(home, lines, "planner"), address(home, lines, "executor"),
                    address(home, lines, "observer"), lines.getOrDefault("kafka", "")));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "cannot read " + home.endpoints() + ": " + e.getMessage(),
                    e);
        }
    }

    public void write(HomeDirectory home) {
        home.write(home.endpoints(), """
                # Where the services answer; written by lockkeeper
                planner=%s
                executor=%s
                observer=%s
                kafka=%s
                """.formatted(planner, executor, observer, kafka));
    }

    private static URI address(HomeDirectory home, Map<String, String> lines, String name) {
        String text = lines.get(name);
        if (text == null || !text.startsWith("http")) {
            throw new CommandFailure(ExitCode.UNREACHABLE, home.endpoints() + " has no address for the " + name
                    + ": write " + name + "=http://host:port, or state --" + name);
        }
        return URI.create(text);
    }
}
