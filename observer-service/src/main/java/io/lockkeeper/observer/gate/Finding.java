package io.lockkeeper.observer.gate;

import java.util.Optional;

import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Severity;

/**
 * One item of evidence and, where it has not passed, whether time alone may change that.
 *
 * @param waiting the item is not there yet and will be: a soak that runs, a compare at work. Nobody is paged for it
 */
public record Finding(Evidence evidence, boolean waiting) {

    /** What was to be shown, before it is measured. */
    public record Claim(EvidenceKind kind, String subject, String text, Severity severity, String limit,
            String source) {

        public Finding passed(String measure, Optional<Lsn> lsn) {
            return finding(Evidence.Status.PASSED, measure, lsn, false);
        }

        public Finding failed(String measure, Optional<Lsn> lsn) {
            return finding(Evidence.Status.FAILED, measure, lsn, false);
        }

        /** Could not be measured, and waiting does not help. */
        public Finding unknown(String why) {
            return finding(Evidence.Status.UNKNOWN, why, Optional.empty(), false);
        }

        /** Not proven yet. */
        public Finding waiting(String why) {
            return finding(Evidence.Status.UNKNOWN, why, Optional.empty(), true);
        }

        /** Whatever its severity, a check that did not run proves nothing. */
        public Claim unproven() {
            return severity == Severity.P3 ? withSeverity(Severity.P2) : this;
        }

        public Claim withSeverity(Severity other) {
            return new Claim(kind, subject, text, other, limit, source);
        }

        private Finding finding(Evidence.Status status, String measure, Optional<Lsn> lsn, boolean waiting) {
            return new Finding(new Evidence(kind, subject, text, status, severity, measure, limit, source, lsn),
                    waiting);
        }
    }

    public boolean passed() {
        return evidence.status() == Evidence.Status.PASSED;
    }

    /** Ends in NO_GO. */
    public boolean violation() {
        return evidence.status() == Evidence.Status.FAILED
                && (evidence.severity() == Severity.P0 || evidence.severity() == Severity.P1);
    }

    /** P3 is reported, whatever it says; everything else must pass. */
    public boolean decisive() {
        return evidence.severity() != Severity.P3;
    }
}
