package io.lockkeeper.observer.observation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jboss.logging.Logger;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;
import io.lockkeeper.observer.invariant.RowRules;
import io.lockkeeper.observer.ledger.LedgerGate;
import io.lockkeeper.observer.ledger.LedgerRun;
import io.lockkeeper.observer.observation.ObservationState.Mode;
import io.lockkeeper.observer.parity.ProofBook;

/**
 * Keeps slot and change stream of one run: made when the gate {@code armed} opens (the publication is there by then: a
 * slot that is older than its publication does not decode), followed, restarted, given up rather than let it hold more
 * WAL than the database can bear, and retired.
 */
final class Following {

    private static final Logger LOG = Logger.getLogger(Following.class);
    private static final Duration RESTART_AFTER = Duration.ofSeconds(2);

    private final Slots slots;
    private final ChangeStreams streams;
    private final Server server;
    private final ObservationStore store;
    private final ProofBook proofs;
    private final RowRules rules;
    private final ObserverSettings settings;

    private ObservationState state;
    private Optional<ChangeStream> stream = Optional.empty();
    private Optional<Probe> probe = Optional.empty();
    private Optional<String> notYet = Optional.empty();
    private Instant startedAt = Instant.MIN;
    private int starts;

    private record Probe(String content, Lsn end) {}

    Following(JudgePorts ports, ProofBook proofs, RowRules rules, ObserverSettings settings, ObservationState state) {
        this.slots = ports.slots();
        this.streams = ports.streams();
        this.server = ports.server();
        this.store = ports.store();
        this.proofs = proofs;
        this.rules = rules;
        this.settings = settings;
        this.state = state;
    }

    ObservationState state() {
        return state;
    }

    void keep(ObservationState changed) {
        store.save(changed);
        state = changed;
    }

    Optional<ChangeStream> stream() {
        return stream;
    }

    /** Brings slot and stream to where they should be. */
    void supervise(LedgerRun run, Instant now) {
        Watch watch = run.plan().watch();
        if (state.mode() == Mode.STREAMING || state.mode() == Mode.POLLING) {
            moved().ifPresent(where -> lose(run, where, now));
        }
        switch (state.mode()) {
            case NEW -> begin(run, watch, now);
            case STREAMING -> watchSlot(run, watch, now);
            case LOST -> {
                // A further attempt is a person's word that the run may go on: armed anew, every row compared anew.
                if (run.openGate().filter(run::reopenedByAPerson).filter(this::openedSinceTheLoss).isPresent()) {
                    begin(run, watch, now);
                }
            }
            case POLLING -> {
            }
        }
    }

    /** What a failover did not replicate is missing from every stream, and a slot that came along may have missed it. */
    private Optional<String> moved() {
        Optional<Server.Identity> armed = state.baseline().map(ObservationState.Baseline::server);
        if (armed.isEmpty()) {
            return Optional.empty();
        }
        Server.Identity present = server.identity();
        return present.standby() || present.equals(armed.get())
                ? Optional.empty()
                : Optional.of("the server is another one than was armed: system " + present.systemIdentifier()
                        + ", timeline " + present.timeline());
    }

    private boolean openedSinceTheLoss(LedgerGate gate) {
        return state.lostAt().filter(gate.openedAt()::isAfter).isPresent();
    }

    private void begin(LedgerRun run, Watch watch, Instant now) {
        state = state.onServer(server.identity());
        if (watch.stream().isEmpty()) {
            keep(state.polling(Optional.empty()));
            return;
        }
        if (slots.serverLimit().isEmpty()) {
            // An observer that dies would let the server keep WAL until its disk is full.
            keep(state.polling(Optional.of("max_slot_wal_keep_size is unlimited, so no slot is made")));
            return;
        }
        String slot = watch.stream().get().slot();
        if (!slots.publicationExists(watch.stream().get().publication())) {
            notYet = Optional.of("publication " + watch.stream().get().publication() + " is not there yet");
            return;
        }
        // Left by one of us that ended before it could write that it had made it: nobody knows from where it reads.
        slots.drop(slot);
        Optional<Slots.CreationFailed> failure = slots.create(slot, settings.slotDeadline());
        if (failure.isPresent()) {
            notYet = Optional.of("slot " + slot + " could not be made within " + settings.slotDeadline().toSeconds()
                    + " s: " + failure.get().why() + failure.get().blocker().map(who -> "; it waits for " + who)
                            .orElse(""));
            LOG.warnf("slot not made target=%s run=%s slot=%s reason=%s", run.target(), run.id(), slot,
                    notYet.get());
            return;
        }
        LOG.infof("slot made target=%s run=%s slot=%s", run.target(), run.id(), slot);
        notYet = Optional.empty();
        store.forgetStream(run.id());
        keep(state.streaming(slot));
        follow(run, watch, now);
    }

    private void watchSlot(LedgerRun run, Watch watch, Instant now) {
        String name = state.slot().orElseThrow();
        Optional<Slots.Slot> slot = slots.find(name);
        if (slot.isEmpty()) {
            lose(run, "slot " + name + " is gone: somebody dropped it, or the server is another one", now);
            return;
        }
        if (slot.get().lost().isPresent()) {
            lose(run, "slot " + name + " is invalid: " + slot.get().lost().get(), now);
            return;
        }
        long cap = slots.serverLimit().map(limit -> Math.min(settings.walCap(), limit / 4 * 3))
                .orElse(settings.walCap());
        if (slot.get().retained() > cap) {
            lose(run, "slot " + name + " retained " + slot.get().retained() + " bytes of WAL, more than " + cap
                    + "; it was dropped to spare the database", now);
            return;
        }
        boolean ended = stream.filter(running -> running.state() != ChangeStream.State.ENDED).isEmpty();
        if (ended && !startedAt.plus(RESTART_AFTER).isAfter(now)) {
            follow(run, watch, now);
        }
    }

    private void follow(LedgerRun run, Watch watch, Instant now) {
        stream.ifPresent(ended -> {
            LOG.warnf("change stream ended, it is started again target=%s run=%s reason=%s", run.target(), run.id(),
                    ended.trouble().orElse("none given"));
            ended.close();
        });
        slots.disconnect(state.slot().orElseThrow());
        startedAt = now;
        starts++;
        stream = Optional.of(streams.follow(run.id(), watch, watch.stream().orElseThrow(), proofs, rules));
        probe = Optional.empty();
    }

    private void lose(LedgerRun run, String why, Instant now) {
        LOG.errorf("change stream lost target=%s run=%s reason=%s", run.target(), run.id(), why);
        close();
        state.slot().ifPresent(slots::drop);
        proofs.lostTrack("the change stream was lost");
        keep(state.lost(why, now));
    }

    /** Was everything seen that the WAL holds up to the gate's marker? */
    Finding finding(LedgerRun run, LedgerGate gate) {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.OBSERVATION, "change stream",
                "everything up to the gate's marker was seen", Severity.P1, gate.marker().toString(),
                state.slot().map(slot -> "slot " + slot).orElse("polling"));
        return switch (state.mode()) {
            case NEW -> claim.unknown(notYet.orElse("the slot is not made yet"));
            case LOST -> claim.unknown("the stream is lost: " + state.lost().orElse("no reason known"));
            case POLLING -> {
                Lsn position = server.position();
                yield claim.passed("no stream" + state.lost().map(why -> " (" + why + ")").orElse("")
                        + ": rows are compared, statistics and catalog are polled", Optional.of(position));
            }
            case STREAMING -> streamed(claim, run, gate);
        };
    }

    private Finding streamed(Finding.Claim claim, LedgerRun run, LedgerGate gate) {
        if (stream.isEmpty() || stream.get().state() != ChangeStream.State.RUNNING) {
            return starts > 3
                    ? claim.unknown("the stream does not run: "
                            + stream.flatMap(ChangeStream::trouble).orElse("no reason known"))
                    : claim.waiting("the stream is starting");
        }
        Optional<String> trouble = stream.get().trouble();
        if (trouble.isPresent()) {
            return claim.unknown("the stream cannot say everything: " + trouble.get());
        }
        if (!handled(run, gate)) {
            return claim.waiting("the marker has not come through the stream yet; observed "
                    + observed(run, gate).map(Lsn::toString).orElse("nothing"));
        }
        long changes = stream.get().changes().values().stream().mapToLong(Long::longValue).sum();
        return claim.passed("marker seen, " + Words.count(changes, "row change") + " handled", observed(run, gate));
    }

    /**
     * A gate that was open before the slot was made has its marker before the slot's beginning: a message of our own,
     * written once the stream runs, must come through instead.
     */
    private boolean handled(LedgerRun run, LedgerGate gate) {
        ChangeStream running = stream.orElseThrow();
        if (state.armed().isPresent()) {
            return state.armed().get().atLeast(gate.marker())
                    || running.handledGate(run.id(), gate.gate(), gate.attempt());
        }
        if (probe.isEmpty()) {
            String content = run.id() + "/" + gate.attempt() + "/" + starts;
            probe = Optional.of(new Probe(content, slots.probe(content)));
        }
        if (!running.handledProbe(probe.get().content())) {
            return false;
        }
        keep(state.armed(probe.get().end()));
        return true;
    }

    /** The WAL position that a verdict may speak for: without a stream, what every one of its items had seen. */
    Optional<Lsn> observed(LedgerRun run, LedgerGate gate, List<Finding> findings) {
        if (state.mode() == Mode.POLLING) {
            return findings.stream().flatMap(finding -> finding.evidence().lsn().stream())
                    .reduce((one, other) -> one.atLeast(other) ? other : one);
        }
        return observed(run, gate);
    }

    private Optional<Lsn> observed(LedgerRun run, LedgerGate gate) {
        Optional<Lsn> observed = max(stream.flatMap(ChangeStream::observed), state.armed());
        // The message carries where it begins, the ledger where it ends: who handled it has seen up to its end.
        boolean handledMarker = stream.filter(known -> known.handledGate(run.id(), gate.gate(), gate.attempt()))
                .isPresent();
        return handledMarker ? max(observed, Optional.of(gate.marker())) : observed;
    }

    private static Optional<Lsn> max(Optional<Lsn> one, Optional<Lsn> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isPresent() ? one : other;
        }
        return one.get().atLeast(other.get()) ? one : other;
    }

    void retire(String run) {
        close();
        state.slot().ifPresent(slot -> {
            slots.drop(slot);
            LOG.infof("slot retired run=%s slot=%s", run, slot);
        });
        keep(state.retire());
    }

    void close() {
        stream.ifPresent(ChangeStream::close);
        stream = Optional.empty();
    }
}
