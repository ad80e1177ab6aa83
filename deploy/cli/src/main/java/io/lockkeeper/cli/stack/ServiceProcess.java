package io.lockkeeper.cli.stack;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.embedded.Deadline;
import io.lockkeeper.embedded.FreePort;
import io.lockkeeper.embedded.LogTail;
import io.lockkeeper.embedded.OrphanGuard;
import io.lockkeeper.embedded.OsProcess;
import io.lockkeeper.embedded.OsProcess.Signal;
import io.lockkeeper.embedded.OwnSession;

/**
 * One service in a JVM of its own, with a log file and a pid file in the home. Unless it is detached it goes with this
 * JVM, however that ends. It can be stopped, killed and started again on the same port.
 */
public final class ServiceProcess {

    private static final int PORT_ATTEMPTS = 5;
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
    /** What is in the ledger needs no orderly end: somebody waits for the prompt after Ctrl-C. */
    private static final Duration ATTACHED_STOP = Duration.ofSeconds(4);
    private static final Duration DETACHED_STOP = Duration.ofSeconds(15);
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final ServiceName name;
    private final Path jar;
    private final HomeDirectory home;
    private final boolean detached;
    private final int fixedPort;
    private final Map<String, String> configuration;
    private int port;
    private LogTail log;
    private Optional<OsProcess> process = Optional.empty();
    private Optional<OrphanGuard> guard = Optional.empty();

    /** @param fixedPort 0 for any free one, which it then keeps */
    ServiceProcess(ServiceName name, Path jar, HomeDirectory home, boolean detached, int fixedPort,
            Map<String, String> configuration) {
        this.name = name;
        this.jar = jar;
        this.home = home;
        this.detached = detached;
        this.fixedPort = fixedPort;
        this.configuration = Map.copyOf(configuration);
        this.log = LogTail.from(logFile());
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public Path logFile() {
        return home.logs().resolve(name.wireName() + ".log");
    }

    public void start() {
        start(Map.of());
    }

    /** @param extra configuration for this start alone, such as a crash point */
    public void start(Map<String, String> extra) {
        launch(extra);
        awaitReady();
    }

    /** Starts without waiting for {@link #awaitReady()}, so that several can start at once. */
    synchronized void launch(Map<String, String> extra) {
        if (running()) {
            throw new IllegalStateException("the " + name.wireName() + " runs already");
        }
        dismissGuard();
        if (port == 0) {
            port = fixedPort == 0 ? FreePort.find() : fixedPort;
        }
        try {
            Files.createDirectories(home.logs());
            log = LogTail.from(logFile());
            Files.deleteIfExists(pidFile(home, name));
            if (!detached) {
                guard = Optional
                        .of(OrphanGuard.watch(pidFile(home, name), mark(home, name), Signal.KILL, Optional.empty()));
            }
            Process launched = new ProcessBuilder(OwnSession.command(command(extra))).directory(home.path().toFile())
                    .redirectInput(Redirect.from(new File("/dev/null"))).redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(logFile().toFile())).start();
            OsProcess started = new OsProcess(launched.pid());
            process = Optional.of(started);
            home.write(pidFile(home, name), Long.toString(started.pid()));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE,
                    "cannot start the " + name.wireName() + ": " + e.getMessage(), e);
        }
    }

    /** @throws CommandFailure that quotes the log's last lines */
    void awaitReady() {
        for (int attempt = 1;; attempt++) {
            Deadline.in(READY_TIMEOUT).await(() -> !running() || ready());
            if (running() && ready()) {
                return;
            }
            boolean taken = log.contains("already in use") || log.contains("already bound");
            if (running() || !taken || fixedPort != 0 || attempt == PORT_ATTEMPTS) {
                String what = running()
                        ? "the " + name.wireName() + " is not ready after " + READY_TIMEOUT.toSeconds() + " s"
                        : "the " + name.wireName() + " ended while starting";
                String advice = taken ? ". Port " + port + " is taken: free it, or choose another" : "";
                kill();
                throw new CommandFailure(ExitCode.UNREACHABLE, what + advice + "; " + log.quote());
            }
            port = 0;
            launch(Map.of());
        }
    }

    private boolean ready() {
        try {
            HttpRequest request = HttpRequest.newBuilder(address().resolve("/q/health/ready"))
                    .timeout(Duration.ofSeconds(2)).build();
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private List<String> command(Map<String, String> extra) {
        Map<String, String> all = new LinkedHashMap<>(configuration);
        all.putAll(extra);
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), mark(home, name),
                "-Xmx" + name.heapMegabytes() + "m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        if (!detached) {
            // Minutes, not days: compiling for peak speed would take the cores from the database.
            words.add("-XX:TieredStopAtLevel=1");
        }
        words.add("-Dquarkus.http.port=" + port);
        words.add("-Dlockkeeper.home=" + home.path());
        if (name == ServiceName.OBSERVER) {
            words.add("-Dlockkeeper.observer.page=" + address() + "/");
        }
        all.forEach((key, value) -> words.add("-D" + key + "=" + value));
        words.add("-jar");
        words.add(jar.toString());
        return words;
    }

    /** Orderly, then by force. */
    public void stop() {
        process.filter(OsProcess::alive).ifPresent(one -> terminate(one, detached ? DETACHED_STOP : ATTACHED_STOP));
        forget();
    }

    /** SIGKILL, as a machine that fails. */
    public void kill() {
        process.filter(OsProcess::alive).ifPresent(one -> {
            one.signal(Signal.KILL);
            one.awaitExit(DETACHED_STOP);
        });
        forget();
    }

    /** Whether it ended by itself within the time: an injected crash. */
    public boolean awaitExit(Duration timeout) {
        return process.map(one -> one.awaitExit(timeout)).orElse(true);
    }

    public boolean running() {
        return process.filter(OsProcess::alive).isPresent();
    }

    private synchronized void forget() {
        dismissGuard();
        try {
            Files.deleteIfExists(pidFile(home, name));
        } catch (IOException aStalePidFileIsRecognised) {
            return;
        }
    }

    private void dismissGuard() {
        guard.ifPresent(OrphanGuard::close);
        guard = Optional.empty();
    }

    private static void terminate(OsProcess process, Duration patience) {
        process.signal(Signal.TERM);
        if (!process.awaitExit(patience)) {
            process.signal(Signal.KILL);
            process.awaitExit(DETACHED_STOP);
        }
    }

    /** The service of this home that an earlier `up` left running; a process that got its old id is not it. */
    static Optional<OsProcess> found(HomeDirectory home, ServiceName name) {
        try {
            String pid = Files.readString(pidFile(home, name)).strip();
            return pid.matches("[0-9]{1,18}")
                    ? Optional.of(new OsProcess(Long.parseLong(pid))).filter(OsProcess::alive)
                            .filter(one -> one.mentions(mark(home, name)))
                    : Optional.empty();
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** @return whether one ran */
    static boolean stopFound(HomeDirectory home, ServiceName name) {
        Optional<OsProcess> found = found(home, name);
        found.ifPresent(one -> terminate(one, DETACHED_STOP));
        try {
            Files.deleteIfExists(pidFile(home, name));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "cannot remove " + pidFile(home, name) + ": " + e.getMessage(), e);
        }
        return found.isPresent();
    }

    private static Path pidFile(HomeDirectory home, ServiceName name) {
        return home.run().resolve(name.wireName() + ".pid");
    }

    /** A word of the command line that only this service of this home has. */
    private static String mark(HomeDirectory home, ServiceName name) {
        return "-Dlockkeeper.process=" + name.wireName() + "@" + home.path() + "#";
    }
}
