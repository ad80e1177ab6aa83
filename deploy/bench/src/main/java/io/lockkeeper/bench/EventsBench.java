package io.lockkeeper.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.vertx.core.Vertx;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.cdc.EngineProperties;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetRegistry;

/**
 * Row changes handled per second, of the same WAL: by the observer, which compares every changed row again and keeps what it
 * saw with the offset; by the engine alone with an empty handler; by pgjdbc's replication stream, which decodes nothing. In
 * turns, each from a slot of its own that was made before the changes.
 */
final class EventsBench {

    private static final String DATABASE = "bench_events";
    private static final int ROWS = 200_000;
    private static final int ROWS_PER_TRANSACTION = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final List<String> CONTENDERS = List.of("observer", "engine", "raw");

    private final int changes;
    private final int rounds;
    private final Path results;
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();

    EventsBench(Options options, Path results) {
        this.changes = options.number("changes", 1_000_000);
        this.rounds = options.number("rounds", 3);
        this.results = results;
        CONTENDERS.forEach(contender -> rates.put(contender, new ArrayList<>()));
    }

    /** How many changes of this round were handled so far. */
    private interface Progress {

        long handled() throws SQLException;
    }

    void run() throws Exception {
        Path home = Files.createTempDirectory("lockkeeper-events");
        Vertx vertx = Vertx.vertx();
        try (Server server = new Server()) {
            WatchedRun run = WatchedRun.prepare(server, DATABASE, ROWS, home);
            Target target = new TargetRegistry(home.resolve("targets")).find(WatchedRun.TARGET).orElseThrow();
            try (Observed observer = Observed.start(vertx, home)) {
                run.arm(server, observer);
            }
            server.execute(DATABASE, """
                    CREATE PROCEDURE change_rows(transactions int) LANGUAGE plpgsql AS $$
                    BEGIN
                        FOR n IN 0 .. transactions - 1 LOOP
                            UPDATE orders SET total = total + 1 WHERE id BETWEEN 1 + n * %1$d %% %2$d AND %1$d + n * %1$d %% %2$d;
                            COMMIT;
                        END LOOP;
                    END $$""".formatted(ROWS_PER_TRANSACTION, ROWS),
                    "SELECT pg_create_logical_replication_slot(name, 'pgoutput') FROM unnest('{bench_engine,bench_raw}'::text[]) AS name");
            // The first round warms up a JVM that has compiled nothing yet; an observer runs for weeks.
            for (int round = 0; round <= rounds; round++) {
                server.execute(DATABASE, "CALL change_rows(" + changes / ROWS_PER_TRANSACTION + ")", "CHECKPOINT");
                for (int turn = 0; turn < CONTENDERS.size(); turn++) {
                    String contender = CONTENDERS.get((turn + round) % CONTENDERS.size());
                    double rate = switch (contender) {
                        case "observer" -> observer(vertx, server, home);
                        case "engine" -> engine(run.plan().watch(), target);
                        default -> raw(server, run.plan().watch().stream().orElseThrow().publication());
                    };
                    if (round > 0) {
                        rates.get(contender).add(rate);
                    }
                    System.out.printf(Locale.ROOT, "round %d: %s %.0f changes a second%n", round, contender, rate);
                }
            }
        } finally {
            vertx.close();
        }
        write();
    }

    private double observer(Vertx vertx, Server server, Path home) throws Exception {
        try (Connection connection = server.connect(DATABASE); var statement = connection.createStatement()) {
            Progress all = () -> {
                try (var rows = statement.executeQuery(
                        "SELECT coalesce(sum((changes ->> 'public.orders')::bigint), 0) FROM lockkeeper_observer.stream")) {
                    rows.next();
                    return rows.getLong(1);
                }
            };
            long before = all.handled();
            Observed observer = Observed.start(vertx, home);
            try {
                return rate(() -> all.handled() - before);
            } finally {
                observer.close();
            }
        }
    }

    private double engine(Watch watch, Target target) throws Exception {
        AtomicLong handled = new AtomicLong();
        Properties properties = EngineProperties.of(target, watch,
                new Watch.Stream(watch.stream().orElseThrow().publication(), "bench_engine"));
        properties.put("offset.storage", MemoryOffsetBackingStore.class.getName());
        properties.put("offset.flush.interval.ms", "0");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine
                .create(ChangeEventFormat.of(Connect.class)).using(properties).notifying((batch, committer) -> {
                    for (RecordChangeEvent<SourceRecord> event : batch) {
                        if (event.record().value() instanceof Struct value && value.schema().field("op") != null
                                && "u".equals(value.getString("op"))) {
                            handled.incrementAndGet();
                        }
                        committer.markProcessed(event);
                    }
                    committer.markBatchFinished();
                }).build();
        try {
            thread.execute(engine);
            return rate(handled::get);
        } finally {
            engine.close();
            thread.shutdown();
            thread.awaitTermination(1, TimeUnit.MINUTES);
        }
    }

    private double raw(Server server, String publication) throws Exception {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, server.user());
        PGProperty.PASSWORD.set(properties, server.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        AtomicLong handled = new AtomicLong();
        try (Connection connection = DriverManager.getConnection(
                "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + DATABASE, properties)) {
            PGReplicationStream stream = connection.unwrap(PGConnection.class).getReplicationAPI().replicationStream()
                    .logical().withSlotName("bench_raw").withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", publication).start();
            Thread reader = new Thread(() -> {
                try {
                    while (!stream.isClosed() && handled.get() < changes) {
                        var message = stream.read();
                        if (message != null && message.get(message.position()) == 'U') {
                            handled.incrementAndGet();
                        }
                        stream.setFlushedLSN(stream.getLastReceiveLSN());
                        stream.setAppliedLSN(stream.getLastReceiveLSN());
                    }
                    stream.forceUpdateStatus();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            reader.start();
            double rate = rate(handled::get);
            reader.join();
            stream.close();
            return rate;
        }
    }

    /** From the first change to the last, so that nobody is charged for connecting. */
    private double rate(Progress progress) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long begun = 0;
        long first = 0;
        while (true) {
            long handled = progress.handled();
            long now = System.nanoTime();
            if (begun == 0 && handled > 0) {
                begun = now;
                first = handled;
            }
            if (handled >= changes) {
                return (handled - first) / Math.max(1e-9, (now - begun) / 1e9);
            }
            if (now > deadline) {
                throw new IllegalStateException(handled + " of " + changes + " changes were handled within "
                        + PATIENCE.toMinutes() + " minutes");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void write() throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("changes", changes);
        json.put("rounds", rounds);
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("changes_per_second", rates);
        json.put("observer_to_engine", median("observer") / median("engine"));
        json.put("observer_to_raw", median("observer") / median("raw"));
        Files.createDirectories(results);
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(results.resolve("events.json").toFile(), json);
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, """
                # Row changes handled per second

                Medians of %d rounds of %d row changes, %d in a transaction, after one of warm-up, on %d shared processors; the JVM
                has 512 MiB.

                | contender | changes a second | of the engine |
                |---|---|---|
                """, rounds, changes, ROWS_PER_TRANSACTION, Runtime.getRuntime().availableProcessors()));
        for (String contender : CONTENDERS) {
            table.append(String.format(Locale.ROOT, "| %s | %.0f | %.2f |%n", contender, median(contender),
                    median(contender) / median("engine")));
        }
        Files.writeString(results.resolve("events.md"), table);
        BarChart chart = new BarChart("Row changes handled per second");
        CONTENDERS.forEach(contender -> chart.bar("same WAL, " + changes + " changes", contender, median(contender)));
        Files.writeString(results.resolve("events.svg"), chart.svg());
        System.out.print(table);
    }

    private double median(String contender) {
        List<Double> sorted = rates.get(contender).stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
