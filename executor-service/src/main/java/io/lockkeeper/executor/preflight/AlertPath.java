package io.lockkeeper.executor.preflight;

/** Whether somebody would hear of a NO_GO: asked of an address that stands for it, such as an Alertmanager's health. */
public interface AlertPath {

    enum State {
        ALIVE,
        DEAD,
        /** No address is configured. */
        UNKNOWN
    }

    AlertPath NONE = () -> State.UNKNOWN;

    State look();
}
