package io.lockkeeper.executor.recovery;

/** Another executor has taken over the target: what was being done here must not be written. */
public final class Fenced extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Fenced(String target, long epoch) {
        super("epoch " + epoch + " of target " + target + " has ended: another executor has taken over");
    }
}
