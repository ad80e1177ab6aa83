package io.lockkeeper.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;

import com.github.dockerjava.api.DockerClient;
import org.testcontainers.containers.GenericContainer;

/**
 * Stops, kills, pauses and starts a container and keeps its data; Testcontainers itself only starts and removes.
 */
record ContainerControl(GenericContainer<?> container) {

    void start() {
        docker().startContainerCmd(id()).exec();
    }

    /** SIGTERM, or the image's stop signal, with 30 s until SIGKILL. */
    void stop() {
        docker().stopContainerCmd(id()).withTimeout(30).exec();
    }

    void kill() {
        docker().killContainerCmd(id()).exec();
    }

    void pause() {
        docker().pauseContainerCmd(id()).exec();
    }

    void resume() {
        docker().unpauseContainerCmd(id()).exec();
    }

    private DockerClient docker() {
        return container.getDockerClient();
    }

    private String id() {
        return container.getContainerId();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
