package io.lockkeeper.observer.session;

import java.util.List;

/** Port: what CD said, kept in our schema in the target, so that a wiped Kafka loses none. */
public interface ApplicationEvents {

    List<VersionEvent> of(String application);
}
