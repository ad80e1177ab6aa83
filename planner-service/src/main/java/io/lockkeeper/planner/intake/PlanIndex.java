package io.lockkeeper.planner.intake;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;

/**
 * What has been planned, by release event: rebuilt from the topic {@code plans} at start, and bounded. The first plan per
 * release event counts; a second one is never made. Safe for many threads.
 */
public final class PlanIndex {

    private static final int MOST_PLANS = 2_000;
    private static final int MOST_IDS = 200_000;
    private static final String PREFIX = "plan/";

    private final Map<String, PlanEvent> plans = new LinkedHashMap<>();
    private final Set<String> planned = new LinkedHashSet<>();
    private final Set<String> requested = new LinkedHashSet<>();

    /** The id of the plan event for a release event: derived, so that a second send is the same event. */
    public static String planEventId(String releaseEventId) {
        return PREFIX + releaseEventId;
    }

    /** The release event that a plan event is about. */
    public static String releaseEventId(String planEventId) {
        return planEventId.startsWith(PREFIX) ? planEventId.substring(PREFIX.length()) : planEventId;
    }

    public synchronized void requested(String releaseEventId) {
        remember(requested, releaseEventId);
    }

    public synchronized void add(String releaseEventId, PlanEvent event) {
        if (planned.contains(releaseEventId)) {
            return;
        }
        remember(planned, releaseEventId);
        plans.put(releaseEventId, event);
        if (plans.size() > MOST_PLANS) {
            plans.remove(plans.keySet().iterator().next());
        }
    }

    public synchronized boolean isPlanned(String releaseEventId) {
        return planned.contains(releaseEventId);
    }

    public synchronized boolean isRequested(String releaseEventId) {
        return requested.contains(releaseEventId) || planned.contains(releaseEventId);
    }

    public synchronized Optional<PlanEvent> find(String releaseEventId) {
        return Optional.ofNullable(plans.get(releaseEventId));
    }

    /** Newest first. */
    public synchronized List<Plan> plans() {
        List<Plan> found = new ArrayList<>();
        for (PlanEvent event : plans.values()) {
            if (event instanceof PlanEvent.PlanProposed proposed) {
                found.add(proposed.plan());
            }
        }
        Collections.reverse(found);
        return found;
    }

    private static void remember(Set<String> ids, String id) {
        ids.add(id);
        if (ids.size() > MOST_IDS) {
            ids.remove(ids.iterator().next());
        }
    }
}
