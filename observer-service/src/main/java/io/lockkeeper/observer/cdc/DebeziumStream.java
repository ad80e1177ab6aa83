package io.lockkeeper.observer.cdc;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import org.apache.kafka.connect.source.SourceRecord;
import org.jboss.logging.Logger;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.observer.invariant.RuleStanding;
import io.lockkeeper.observer.observation.ChangeStream;

/** One engine on one slot, on a thread of its own. */
final class DebeziumStream implements ChangeStream {

    private static final Logger LOG = Logger.getLogger(DebeziumStream.class);
    private static final long END_DEADLINE_SECONDS = 15;

    private final BatchHandler handler;
    private final AutoCloseable resources;
    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final ExecutorService thread;

    private volatile State state = State.STARTING;
    private volatile Optional<String> trouble = Optional.empty();

    /** @param resources what the handler works with; closed when no handler runs any more */
    DebeziumStream(String name, Properties properties, BatchHandler handler, AutoCloseable resources) {
        this.handler = handler;
        this.resources = resources;
        ClassLoader classLoader = DebeziumStream.class.getClassLoader();
        this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class)).using(properties).using(classLoader)
                .using(new DebeziumEngine.ConnectorCallback() {
                    @Override
                    public void pollingStarted() {
                        state = State.RUNNING;
                    }
                }).using(this::ended).notifying(handler).build();
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "stream-" + name);
            made.setDaemon(true);
            // The engine finds its parts by service loader, whatever thread started us.
            made.setContextClassLoader(classLoader);
            return made;
        });
        thread.execute(engine);
    }

    private void ended(boolean success, String message, Throwable error) {
        if (!success) {
            trouble = Optional.of(message == null ? String.valueOf(error) : message);
        }
        state = State.ENDED;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public Optional<String> trouble() {
        return trouble;
    }

    @Override
    public Optional<Lsn> observed() {
        return handler.standing().observed();
    }

    @Override
    public boolean handledGate(String run, Gate gate, int attempt) {
        return handler.standing().handled().contains(BatchHandler.gate(run, gate.wireName(), attempt));
    }

    @Override
    public boolean handledProbe(String content) {
        return handler.standing().handled().contains(BatchHandler.PROBE + " " + content);
    }

    @Override
    public Map<String, Long> changes() {
        return handler.standing().changes();
    }

    @Override
    public Map<String, RuleStanding> rules() {
        return handler.standing().rules();
    }

    @Override
    public void close() {
        try {
            engine.close();
        } catch (IOException | IllegalStateException e) {
            LOG.debugf("engine was closed already reason=%s", e.getMessage());
        }
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(END_DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warnf("the engine did not end within %d s; its slot may stay in use until the server ends it",
                        END_DEADLINE_SECONDS);
            }
            resources.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warnf("connections of the stream were not closed reason=%s", e.getMessage());
        }
    }
}
