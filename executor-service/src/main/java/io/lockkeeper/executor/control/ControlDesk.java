package io.lockkeeper.executor.control;

import java.util.Optional;

import io.lockkeeper.messages.Control;

/** Where controls are handed in, by HTTP or Kafka: straight into the ledger's inbox. */
public interface ControlDesk {

    /**
     * Applies the control once, however often it is sent.
     *
     * @param source and {@code id} of the event: its identity
     * @return empty if the target is not in the registry
     * @throws io.lockkeeper.target.SqlFailure if the target cannot be reached; nothing was changed, send it again
     */
    Optional<ControlAnswer> receive(String source, String id, Control control);
}
