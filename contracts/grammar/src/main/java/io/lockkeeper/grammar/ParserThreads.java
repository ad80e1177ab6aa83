package io.lockkeeper.grammar;

import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs the parser on threads of its own: each has one copy of it and a stack deep enough for deeply nested SQL. Copies
 * are made on demand, the most recently used is used first, and one that was idle for a minute goes away.
 */
final class ParserThreads implements AutoCloseable {

    /**
     * Takes some ten thousand levels. The parser also has a stack of 32 MiB in its own memory, whose overflow nobody
     * would notice; this one is used up first, as each level needs at least as much of it.
     */
    private static final long STACK_BYTES = 16L << 20;
    private static final long IDLE_SECONDS = 60;

    /** A copy never gives memory back; beyond 128 MiB it is replaced after use. A fresh one has 36 MiB. */
    private static final int PAGES_TO_KEEP = 2048;

    private final Semaphore free;
    private final ConcurrentLinkedDeque<ThreadPoolExecutor> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    ParserThreads(int count) {
        free = new Semaphore(count);
    }

    /**
     * Waits for a free parser and for its answer, also when the calling thread is interrupted.
     *
     * @throws TooDeeplyNested when the parser's stack did not suffice
     * @throws GrammarFailure when the parser broke; the next question gets a fresh copy of it
     */
    <T> T ask(Function<LibpgQuery, T> question) {
        free.acquireUninterruptibly();
        try {
            ThreadPoolExecutor thread = idle.pollFirst();
            if (thread == null) {
                thread = newThread();
            }
            try {
                return answer(thread.submit(() -> ((ParserThread) Thread.currentThread()).answer(question)));
            } finally {
                idle.addFirst(thread);
                if (closed) {
                    close();
                }
            }
        } finally {
            free.release();
        }
    }

    private static <T> T answer(Future<T> pending) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return pending.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (isStackOverflow(e)) {
                throw new TooDeeplyNested(e);
            }
            throw new GrammarFailure("PostgreSQL's parser stopped unexpectedly (" + e.getCause()
                    + "). This is a bug in the parser; please report it together with the SQL.", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean isStackOverflow(Throwable thrown) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .anyMatch(StackOverflowError.class::isInstance);
    }

    private static ThreadPoolExecutor newThread() {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), ParserThread::new);
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    @Override
    public void close() {
        closed = true;
        for (ThreadPoolExecutor thread = idle.pollFirst(); thread != null; thread = idle.pollFirst()) {
            thread.shutdown();
        }
    }

    private static final class ParserThread extends Thread {

        private LibpgQuery parser;

        ParserThread(Runnable work) {
            super(null, work, "postgres-grammar", STACK_BYTES);
            setDaemon(true);
        }

        <T> T answer(Function<LibpgQuery, T> question) {
            // Taken out while it works: whatever is thrown leaves its memory in an unknown state.
            LibpgQuery current = parser == null ? new LibpgQuery() : parser;
            parser = null;
            T answer = question.apply(current);
            if (current.memoryPages() <= PAGES_TO_KEEP) {
                parser = current;
            }
            return answer;
        }
    }
}
