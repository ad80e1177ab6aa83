package io.lockkeeper.embedded;

/** Runs an action when the JVM ends in order, unless disarmed before. */
final class ShutdownHook {

    private final Runnable action;
    private Thread armed;

    ShutdownHook(Runnable action) {
        this.action = action;
    }

    synchronized void arm() {
        if (armed == null) {
            armed = new Thread(action, "lockkeeper-embedded-shutdown");
            Runtime.getRuntime().addShutdownHook(armed);
        }
    }

    synchronized void disarm() {
        if (armed == null || Thread.currentThread() == armed) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(armed);
            armed = null;
        } catch (IllegalStateException theJvmIsEndingAndTheHookRuns) {
            armed = null;
        }
    }
}
