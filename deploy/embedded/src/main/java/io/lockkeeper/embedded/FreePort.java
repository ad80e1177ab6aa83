package io.lockkeeper.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Asks the kernel for a port on the loopback address that nobody listens on right now. */
public final class FreePort {

    private FreePort() {}

    /**
     * The port is free only at the moment of asking: whoever starts a server on it must be ready to try another one
     * when the server finds it taken.
     */
    public static int find() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
