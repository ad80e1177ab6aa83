package io.lockkeeper.observer.console;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Live events for pages, with a short memory: who comes back with the last id it had misses nothing, or is told to read
 * all anew.
 */
public final class Feed {

    /** @param id grows within one life of this process, named by its first part */
    public record Event(String id, String type, String data) {}

    public interface Subscription extends AutoCloseable {

        @Override
        void close();
    }

    /** Asks to read everything anew. */
    public static final String RESET = "reset";

    private static final int REMEMBERED = 500;

    private final String life;
    private final Deque<Event> events = new ArrayDeque<>();
    private final List<Consumer<Event>> subscribers = new CopyOnWriteArrayList<>();
    private long next = 1;

    /** @param life differs from that of every earlier process */
    public Feed(String life) {
        this.life = life;
    }

    public synchronized void publish(String type, String data) {
        Event event = new Event(life + "-" + next++, type, data);
        events.addLast(event);
        if (events.size() > REMEMBERED) {
            events.removeFirst();
        }
        subscribers.forEach(subscriber -> subscriber.accept(event));
    }

    public synchronized Subscription subscribe(Optional<String> lastId, Consumer<Event> subscriber) {
        lastId.ifPresent(last -> missed(last).forEach(subscriber));
        subscribers.add(subscriber);
        return () -> subscribers.remove(subscriber);
    }

    public boolean watched() {
        return !subscribers.isEmpty();
    }

    private List<Event> missed(String lastId) {
        boolean latest = lastId.equals(life + "-" + (next - 1));
        List<Event> later = events.stream().dropWhile(event -> !event.id().equals(lastId)).skip(1).toList();
        return latest || !later.isEmpty() ? later : List.of(new Event(life + "-" + (next - 1), RESET, "{}"));
    }
}
