package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to start and stop the server of one directory. The kernel gives it back when the JVM ends in any way: a
 * server that still runs while the lock is free is an orphan, or was detached on purpose.
 */
final class OwnerLock implements AutoCloseable {

    /**
     * Closing a second channel on a locked file would drop this JVM's first lock, so it is never opened twice. Held in
     * the system properties, because test frameworks load this class several times.
     */
    private static final String HELD = "lockkeeper.embedded.held:";

    private final Path file;
    private final FileChannel channel;

    private OwnerLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static OwnerLock take(Path directory) throws IOException {
        var file = directory.toRealPath().resolve("owner.lock");
        if (System.getProperties().putIfAbsent(HELD + file, "") != null) {
            throw taken(directory, "a server of this JVM uses it");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new OwnerLock(file, channel);
            }
        } catch (IOException e) {
            release(file, channel);
            throw e;
        }
        release(file, channel);
        throw taken(directory, "another running JVM owns its server");
    }

    private static EmbeddedServerException taken(Path directory, String why) {
        return new EmbeddedServerException("Cannot use the server directory " + directory, why,
                "Stop that server first, or choose another directory");
    }

    private static void release(Path file, FileChannel channel) throws IOException {
        if (channel != null) {
            channel.close();
        }
        System.clearProperty(HELD + file);
    }

    @Override
    public void close() {
        try {
            release(file, channel);
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot release " + file, e.toString(),
                    "End this process to release it", e);
        }
    }
}
