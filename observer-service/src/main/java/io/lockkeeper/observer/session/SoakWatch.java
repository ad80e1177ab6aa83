package io.lockkeeper.observer.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.observer.gate.Finding;

/** Counts sessions of the old version and keeps their soak. One thread looks, another asks. */
public final class SoakWatch {

    private final Application application;
    private final Duration gap;
    private volatile Optional<Soak> soak;
    private volatile Optional<String> blind = Optional.empty();

    /**
     * @param soak what an observer before this one had seen
     * @param gap  a soak whose last look is older says nothing about now
     */
    public SoakWatch(Application application, Optional<Soak> soak, Duration gap) {
        this.application = application;
        this.soak = soak;
        this.gap = gap;
    }

    public Optional<Soak> soak() {
        return soak;
    }

    public void look(SessionCount sessions, Instant now) {
        if (application.oldSessions().isEmpty()) {
            return;
        }
        SessionCount.Seen seen = sessions.count(application.oldSessions().get());
        if (seen instanceof SessionCount.Sessions counted) {
            blind = Optional.empty();
            soak = Optional.of(soak.orElseGet(() -> Soak.begin(now)).look(counted, now, gap));
        } else if (seen instanceof SessionCount.Unseen unseen) {
            blind = Optional.of(unseen.why());
        }
    }

    /** @param turnedBack when CD last said that the old version serves again */
    public Finding judge(Gate gate, Duration required, Optional<Instant> turnedBack, Instant now) {
        return OldSessions.judge(application, gate, required, soak, blind, turnedBack, now, gap);
    }
}
