package io.lockkeeper.observer.observation;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

import org.jboss.logging.Logger;

import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.observer.gate.Judgement;
import io.lockkeeper.observer.ledger.Ledger;
import io.lockkeeper.observer.ledger.LedgerGate;
import io.lockkeeper.observer.ledger.LedgerRun;
import io.lockkeeper.observer.ledger.Receipt;

/** Says verdicts on one run: a new one when there is news, the latest one again until the ledger shows it. */
final class VerdictDesk {

    private static final Logger LOG = Logger.getLogger(VerdictDesk.class);
    private static final Duration SOON = Duration.ofSeconds(5);
    static final URI SOURCE = URI.create("/lockkeeper/observer");

    private final Ledger ledger;
    private final ObservationStore store;
    private final Announcer announcer;
    private final Duration resend;

    private String gateAttempt = "";
    private Optional<NumberedVerdict> latest = Optional.empty();
    /** Unknown after a restart: then the first judgement is said, whatever it is. */
    private Optional<Set<String>> saidItems = Optional.empty();
    private boolean received;
    private boolean refused;
    private Instant lastSent = Instant.MIN;
    private volatile boolean inFlight;

    VerdictDesk(Ledger ledger, ObservationStore store, Announcer announcer, Duration resend) {
        this.ledger = ledger;
        this.store = store;
        this.announcer = announcer;
        this.resend = resend;
    }

    void judged(LedgerRun run, LedgerGate gate, Judgement judgement, Lsn observed, Instant now) {
        turnTo(run, gate);
        EvidenceProfile profile = run.plan().watch().profile();
        if (!news(judgement, gate, profile, now)) {
            return;
        }
        NumberedVerdict next = store.append(new Verdict(run.target(), run.release(), run.id(), gate.gate(),
                gate.attempt(), gate.planHash(), gate.marker(), observed, judgement.decision(), judgement.evidence(),
                judgement.evidenceHash(), profile.name(), now, now.plus(profile.validity()),
                run.plan().policy().exceptions()));
        LOG.infof(
                "verdict given decision=%s conclusion=\"%s\" target=%s release=%s run=%s gate=%s attempt=%d number=%d open=%s",
                judgement.decision(), next.verdict().concluded(), run.target(), run.release(), run.id(),
                gate.gate().wireName(), gate.attempt(), next.number(), judgement.openItems());
        latest = Optional.of(next);
        saidItems = Optional.of(judgement.openItems());
        received = false;
        refused = false;
        send(run, next, now);
    }

    /** To be called often: says the latest verdict again where the ledger does not show it. */
    void repeat(LedgerRun run, LedgerGate gate, Instant now) {
        turnTo(run, gate);
        if (latest.isEmpty() || received) {
            return;
        }
        Optional<Receipt> receipt = ledger.receipt(latest.get().eventId());
        if (receipt.isPresent()) {
            received = true;
            refused = !receipt.get().taken() && latest.get().verdict().decision() == Decision.GO;
            if (refused) {
                LOG.warnf("verdict not taken target=%s run=%s verdict=%s note=%s", run.target(), run.id(),
                        latest.get().eventId(), receipt.get().note());
            }
        } else if (!inFlight && !lastSent.plus(resend).isAfter(now)) {
            send(run, latest.get(), now);
        }
    }

    private void turnTo(LedgerRun run, LedgerGate gate) {
        String attempt = gate.gate().wireName() + "/" + gate.attempt();
        if (!attempt.equals(gateAttempt)) {
            gateAttempt = attempt;
            latest = store.lastVerdict(run.id(), gate.gate(), gate.attempt());
            saidItems = Optional.empty();
            received = false;
            refused = false;
            lastSent = Instant.MIN;
        }
    }

    private boolean news(Judgement judgement, LedgerGate gate, EvidenceProfile profile, Instant now) {
        if (latest.isEmpty()) {
            Duration twoLooks = profile.sampleInterval().multipliedBy(2);
            boolean justOpened = twoLooks.compareTo(SOON) <= 0 && gate.openedAt().plus(twoLooks).isAfter(now);
            // A marker that is on its way, a first pass of several: nobody has to hear of that.
            return judgement.decision() != Decision.INCONCLUSIVE || judgement.stuck() || !justOpened;
        }
        if (saidItems.isEmpty()) {
            return true;
        }
        Verdict said = latest.get().verdict();
        if (judgement.passes() > 0 && judgement.decision() == said.decision()
                && said.decision() == Decision.INCONCLUSIVE
                && said.at().plus(profile.validity().dividedBy(2)).isAfter(now)) {
            return false;
        }
        return refused || said.decision() != judgement.decision() || !saidItems.get().equals(judgement.openItems())
                || !said.at().plus(profile.validity().dividedBy(2)).isAfter(now);
    }

    private void send(LedgerRun run, NumberedVerdict verdict, Instant now) {
        lastSent = now;
        inFlight = true;
        announcer.announce(new Envelope(verdict.eventId(), SOURCE, verdict.verdict().at(), run.correlation(),
                Optional.empty(), verdict.verdict())).whenComplete((done, failure) -> {
                    inFlight = false;
                    if (failure != null) {
                        LOG.warnf("verdict not sent, it will be said again verdict=%s reason=%s", verdict.eventId(),
                                failure.getMessage());
                    }
                });
    }
}
