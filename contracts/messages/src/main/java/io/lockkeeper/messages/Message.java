package io.lockkeeper.messages;

/**
 * Everything that travels on a Lockkeeper topic. One message is one JSON value; its type, id and origin are in the
 * {@link Envelope}. Wire names of all permitted records are in {@link WireNames}.
 */
public sealed interface Message permits ReleaseEvent, PlanEvent, OutcomeEvent, Verdict, AlertEvent, Control {

    /** Name of the target database in the registry: the record key, so that one target's events stay in order. */
    String target();

    /** The release this is about, as CI named it: the CloudEvents subject. */
    String release();
}
