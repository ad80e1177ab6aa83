package io.lockkeeper.target;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.vertx.pgclient.SslMode;

/**
 * What {@code sslmode=prefer} comes to: whether the server encrypts is asked on a connection of its own, and remembered.
 * The driver asks on every connection and, where the server says no and then refuses the session for another reason, leaves
 * one open: it takes a place from the application until {@code authentication_timeout} ends it.
 */
final class Encryption {

    /** SSLRequest of the wire protocol: its length, and a version number that no protocol has. */
    private static final int[] SSL_REQUEST = {8, 80877103};
    private static final Map<String, SslMode> PREFERRED = new ConcurrentHashMap<>();

    private Encryption() {}

    /** @throws SqlFailure if nobody answers (state 08001) */
    static SslMode preferred(Target target, Duration deadline) {
        return PREFERRED.computeIfAbsent(place(target), place -> ask(target, deadline));
    }

    static void forget(Target target) {
        PREFERRED.remove(place(target));
    }

    private static SslMode ask(Target target, Duration deadline) {
        int millis = Math.toIntExact(deadline.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.host(), target.port()), millis);
            socket.setSoTimeout(millis);
            var out = new DataOutputStream(socket.getOutputStream());
            for (int word : SSL_REQUEST) {
                out.writeInt(word);
            }
            return switch (socket.getInputStream().read()) {
                case 'S' -> SslMode.REQUIRE;
                case 'N' -> SslMode.DISABLE;
                // A server that starts, stops or is full has not said no: that must not be remembered as one.
                default -> throw new IOException("the server did not say whether it encrypts");
            };
        } catch (IOException e) {
            throw new SqlFailure("08001", "cannot connect to target " + target.name() + " at " + place(target) + ": "
                    + e.getMessage(), e);
        }
    }

    private static String place(Target target) {
        return target.host() + ":" + target.port();
    }
}
