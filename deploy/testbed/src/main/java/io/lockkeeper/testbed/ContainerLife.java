package io.lockkeeper.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;

import com.github.dockerjava.api.DockerClient;
import org.testcontainers.containers.GenericContainer;

/**
 * Stops, kills, pauses and starts a container and keeps its data; Testcontainers itself only starts and removes.
 *
 * @param awaitAnswer waits until the started server takes connections
 */
record ContainerLife(GenericContainer<?> container, Runnable awaitAnswer) implements ServerLife {

    @Override
    public void start() {
        docker().startContainerCmd(id()).exec();
        awaitAnswer.run();
    }

    /** SIGTERM, or the image's stop signal, with 30 s until SIGKILL. */
    @Override
    public void stop() {
        docker().stopContainerCmd(id()).withTimeout(30).exec();
    }

    @Override
    public void kill() {
        docker().killContainerCmd(id()).exec();
    }

    @Override
    public void pause() {
        docker().pauseContainerCmd(id()).exec();
    }

    @Override
    public void resume() {
        docker().unpauseContainerCmd(id()).exec();
    }

    @Override
    public void close() {
        container.stop();
    }

    private DockerClient docker() {
        return container.getDockerClient();
    }

    private String id() {
        return container.getContainerId();
    }

    /** A port to bind a container's to: Docker by itself would give another one at every start. */
    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
