package io.lockkeeper.executor.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Stands between client and server and announces a backend of its own, as poolers do. */
public final class FakePooler implements AutoCloseable {

    private static final int ANNOUNCED = 4711;

    private final ServerSocket door;
    private final String host;
    private final int port;

    public FakePooler(String host, int port) {
        this.host = host;
        this.port = port;
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(() -> {
            while (true) {
                serve(door.accept());
            }
        });
    }

    public String host() {
        return door.getInetAddress().getHostAddress();
    }

    public int port() {
        return door.getLocalPort();
    }

    private void serve(Socket client) throws IOException {
        Socket server = new Socket(host, port);
        start(() -> client.getInputStream().transferTo(server.getOutputStream()));
        start(() -> {
            var from = new DataInputStream(server.getInputStream());
            var to = new DataOutputStream(client.getOutputStream());
            while (true) {
                int type = from.read();
                if (type < 0) {
                    client.close();
                    return;
                }
                to.write(type);
                if (type == 'N' && from.available() == 0) {
                    continue; // the answer to a request for TLS is one byte
                }
                int length = from.readInt();
                to.writeInt(length);
                byte[] body = from.readNBytes(length - 4);
                if (type == 'K') {
                    to.writeInt(ANNOUNCED);
                    to.write(body, 4, body.length - 4);
                } else {
                    to.write(body);
                }
                to.flush();
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One side has closed: so ends the other.
            }
        }, "fake-pooler");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
