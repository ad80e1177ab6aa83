package io.lockkeeper.planner.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

/** One target's events one after the other; a target that does not answer holds up no other. */
@ApplicationScoped
class TargetLanes {

    private static final int THREADS = 8;

    private final ExecutorService workers = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "planner-lane");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, CompletableFuture<Void>> lanes = new HashMap<>();

    /** @param work must not throw */
    synchronized void enter(String target, Runnable work) {
        lanes.values().removeIf(CompletableFuture::isDone);
        lanes.put(target, lanes.getOrDefault(target, CompletableFuture.completedFuture(null))
                .thenRunAsync(work, workers));
    }

    @PreDestroy
    void stop() {
        workers.shutdownNow();
    }
}
