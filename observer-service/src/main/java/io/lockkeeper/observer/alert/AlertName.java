package io.lockkeeper.observer.alert;

/** Every alert that the observer raises; each has a page below {@code deploy/runbooks}. */
public enum AlertName {

    /** A gate was judged NO_GO. */
    NO_GO("LockkeeperNoGo"),
    /** A gate stays closed because evidence cannot be had, not because something is wrong. */
    INCONCLUSIVE("LockkeeperInconclusive"),
    /** The change stream of a run ended before its time. */
    STREAM_LOST("LockkeeperStreamLost"),
    /** Always fires, at Alertmanager alone: its silence says that nobody would alert. */
    WATCHDOG("LockkeeperWatchdog");

    private final String text;

    AlertName(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    public String runbook() {
        return text + ".md";
    }
}
