package io.lockkeeper.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

import io.lockkeeper.cli.Installation;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.stack.ServiceName;
import io.lockkeeper.cli.stack.Stack;

/**
 * One stack for all fault tests of this JVM, with services as they are packaged; it ends with the JVM. Every test has a
 * target of its own, and leaves all processes running.
 */
final class SharedStack {

    static final Installation INSTALLATION = Installation.find();
    static final AlertWebhook WEBHOOK = new AlertWebhook();
    private static final Stack STACK = start();

    private SharedStack() {}

    static Stack get() {
        return STACK;
    }

    private static Stack start() {
        try {
            HomeDirectory home = new HomeDirectory(Files.createTempDirectory("lockkeeper-fault-"));
            return Stack.builder(INSTALLATION, home)
                    .configure(ServiceName.OBSERVER, "lockkeeper.alertmanager.url", WEBHOOK.address().toString())
                    .build().startServers().startServices();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
