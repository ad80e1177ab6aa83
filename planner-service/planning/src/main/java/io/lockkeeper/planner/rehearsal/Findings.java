package io.lockkeeper.planner.rehearsal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.Step;

/** What speaks against a plan, collected so that one rehearsal tells all of it. */
final class Findings {

    /** More lines of a catalog than this tell nobody more. */
    private static final int SHOWN = 8;

    private final List<Refusal> refusals = new ArrayList<>();

    void add(String code, String message, Optional<Step.Source> source, String hazard, String advice) {
        refusals.add(new Refusal(code, message,
                source.map(at -> new Refusal.Location(at.path(), at.line(), at.statement(), "")),
                Optional.of(hazard), Optional.of(advice)));
    }

    List<Refusal> refusals() {
        return List.copyOf(refusals);
    }

    boolean none() {
        return refusals.isEmpty();
    }

    static String shown(List<String> lines) {
        return String.join("; ", lines.subList(0, Math.min(SHOWN, lines.size())))
                + (lines.size() > SHOWN ? "; and " + (lines.size() - SHOWN) + " more" : "");
    }
}
