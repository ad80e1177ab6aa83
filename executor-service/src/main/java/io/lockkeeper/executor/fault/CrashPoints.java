package io.lockkeeper.executor.fault;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jboss.logging.Logger;

/**
 * Kills this process, as a power cut would, at a point named by configuration: {@code lockkeeper.crash-at}.
 *
 * <table>
 * <caption>Points</caption>
 * <tr><td>{@code claim.committed}</td><td>a plan is in the ledger, its record not yet acknowledged</td></tr>
 * <tr><td>{@code step.before:<id prefix>}</td><td>the attempt is in the ledger, nothing was done</td></tr>
 * <tr><td>{@code step.after:<id prefix>}</td><td>the step is done and committed, the next not begun</td></tr>
 * <tr><td>{@code backfill.batch:<n>}</td><td>this process has committed its n-th batch</td></tr>
 * </table>
 */
public final class CrashPoints {

    public static final String CLAIM_COMMITTED = "claim.committed";
    public static final String STEP_BEFORE = "step.before";
    public static final String STEP_AFTER = "step.after";
    public static final String BACKFILL_BATCH = "backfill.batch";

    /** Never crashes. */
    public static final CrashPoints NONE = new CrashPoints(Optional.empty());

    private static final Logger LOG = Logger.getLogger(CrashPoints.class);

    private final String point;
    private final String argument;
    private final AtomicInteger batches = new AtomicInteger();

    /** @param crashAt {@code point} or {@code point:argument} */
    public CrashPoints(Optional<String> crashAt) {
        String[] parts = crashAt.orElse("").split(":", 2);
        this.point = parts[0];
        this.argument = parts.length == 2 ? parts[1] : "";
    }

    public void claimCommitted() {
        if (point.equals(CLAIM_COMMITTED)) {
            die(CLAIM_COMMITTED);
        }
    }

    public void before(String step) {
        if (point.equals(STEP_BEFORE) && step.startsWith(argument)) {
            die(STEP_BEFORE + ":" + step);
        }
    }

    public void after(String step) {
        if (point.equals(STEP_AFTER) && step.startsWith(argument)) {
            die(STEP_AFTER + ":" + step);
        }
    }

    public void batchCommitted() {
        if (point.equals(BACKFILL_BATCH) && batches.incrementAndGet() == Integer.parseInt(argument)) {
            die(BACKFILL_BATCH + ":" + argument);
        }
    }

    private static void die(String where) {
        LOG.warnf("crash point %s: this process kills itself now", where);
        try {
            // ProcessHandle refuses to destroy the current process, and Runtime.halt still closes files in order:
            // only the kernel's SIGKILL is what a crash is.
            new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start().waitFor(10,
                    TimeUnit.SECONDS);
        } catch (IOException e) {
            LOG.errorf(e, "cannot run kill(1) for crash point %s", where);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(137);
    }
}
