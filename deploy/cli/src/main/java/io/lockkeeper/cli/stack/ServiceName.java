package io.lockkeeper.cli.stack;

import java.util.Locale;

/** The three services, with the port that each has by default and the heap that serves one machine. */
public enum ServiceName {
    OBSERVER(8080, 320), PLANNER(8081, 384), EXECUTOR(8082, 192);

    private final int usualPort;
    private final int heapMegabytes;

    ServiceName(int usualPort, int heapMegabytes) {
        this.usualPort = usualPort;
        this.heapMegabytes = heapMegabytes;
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public int usualPort() {
        return usualPort;
    }

    int heapMegabytes() {
        return heapMegabytes;
    }
}
