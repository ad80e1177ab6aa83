package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import io.lockkeeper.embedded.OsProcess.Signal;

/** The JVM of a Kafka broker on one directory, found by the {@code broker.pid} that its starter writes there. */
record BrokerProcess(OsProcess process) implements ServerProcess {

    static final String NAME = "Kafka";

    /** The live broker of this directory. A process that merely got its old process id is not it. */
    static Optional<BrokerProcess> running(Path root) {
        try {
            var pid = Files.readString(pidFile(root)).strip();
            if (!pid.matches("[0-9]{1,18}")) {
                return Optional.empty();
            }
            return Optional.of(new OsProcess(Long.parseLong(pid))).filter(OsProcess::alive)
                    .filter(process -> process.mentions(properties(root).toString())).map(BrokerProcess::new);
        } catch (IOException noPidFile) {
            return Optional.empty();
        }
    }

    static Path properties(Path root) {
        return root.resolve("broker.properties");
    }

    static Path pidFile(Path root) {
        return root.resolve("broker.pid");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void stop(Duration patience) {
        process.signal(Signal.TERM);
        resume();
        if (!process.awaitExit(patience)) {
            kill();
        }
    }
}
