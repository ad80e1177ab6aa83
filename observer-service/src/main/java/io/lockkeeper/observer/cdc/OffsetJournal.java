package io.lockkeeper.observer.cdc;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;

import io.lockkeeper.observer.postgres.SqlStreamJournal;

/**
 * The engine's offset store: writing an offset commits the batch that it belongs to. The engine makes it by class name, so
 * it finds its journal by a property.
 */
public final class OffsetJournal implements OffsetBackingStore {

    static final String PROPERTY = "lockkeeper.offset.journal";
    private static final Map<String, SqlStreamJournal> JOURNALS = new ConcurrentHashMap<>();

    private SqlStreamJournal journal;

    /** @return value of {@link #PROPERTY} */
    static String register(SqlStreamJournal journal) {
        String id = UUID.randomUUID().toString();
        JOURNALS.put(id, journal);
        return id;
    }

    static void unregister(String id) {
        JOURNALS.remove(id);
    }

    @Override
    public void configure(WorkerConfig config) {
        journal = JOURNALS.get(String.valueOf(config.originals().get(PROPERTY)));
    }

    @Override
    public void start() {
        // The journal is opened by whoever registered it.
    }

    @Override
    public void stop() {
        // See start.
    }

    @Override
    public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
        return CompletableFuture.completedFuture(journal.offsets(keys));
    }

    /** Called by the thread that handles the batch. */
    @Override
    public Future<Void> set(Map<ByteBuffer, ByteBuffer> values, Callback<Void> callback) {
        try {
            journal.commit(values);
            callback.onCompletion(null, null);
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            callback.onCompletion(e, null);
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Set<Map<String, Object>> connectorPartitions(String connectorName) {
        return Set.of();
    }
}
