package io.lockkeeper.observer.console;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Puts runs that changed into the feed, while anybody looks. Used by one thread. */
public final class RunWatcher {

    private final RunCatalog catalog;
    private final Feed feed;
    private final Function<RunDetail, String> json;
    private final Map<String, String> shown = new HashMap<>();
    private final Map<String, RunSummary> ended = new HashMap<>();

    public RunWatcher(RunCatalog catalog, Feed feed, Function<RunDetail, String> json) {
        this.catalog = catalog;
        this.feed = feed;
        this.json = json;
    }

    public void look() {
        if (!feed.watched()) {
            return;
        }
        for (RunSummary summary : catalog.runs()) {
            // What has ended changes no more: its details are read once.
            if (summary.equals(ended.get(summary.run()))) {
                continue;
            }
            catalog.run(summary.run()).ifPresent(detail -> {
                String now = json.apply(detail);
                if (!now.equals(shown.put(summary.run(), now))) {
                    feed.publish("run", now);
                }
            });
            if (summary.state().terminal()) {
                ended.put(summary.run(), summary);
            }
        }
    }
}
