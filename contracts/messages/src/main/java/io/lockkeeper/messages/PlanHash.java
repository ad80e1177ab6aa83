package io.lockkeeper.messages;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;

/**
 * Hashes over canonical JSON (properties sorted by name, no white space, absent optionals left out), so that equal content
 * has equal hash anywhere. Whoever knows fewer properties than the sender computes another hash: a receiver compares the
 * hash that it was sent and does not compute its own.
 */
public final class PlanHash {

    private PlanHash() {}

    /** Covers target, server version, policy, files, preconditions, steps without estimates, and watch. */
    public static String of(Plan plan) {
        Map<String, Object> covered = new LinkedHashMap<>();
        covered.put("target", plan.target());
        covered.put("release", plan.release());
        covered.put("serverVersion", plan.serverVersion());
        covered.put("policy", plan.policy());
        covered.put("files", plan.files());
        covered.put("preconditions", plan.preconditions());
        covered.put("steps", plan.steps().stream().map(PlanHash::withoutEstimate).toList());
        covered.put("watch", plan.watch());
        return "sha256:" + Hash.sha256(canonical(covered));
    }

    public static String of(List<Evidence> evidence) {
        return "sha256:" + Hash.sha256(canonical(evidence));
    }

    public static String of(Rehearsal rehearsal) {
        return "sha256:" + Hash.sha256(canonical(rehearsal));
    }

    private static Step withoutEstimate(Step step) {
        return new Step(step.id(), step.phase(), step.title(), step.gate(), step.action(), step.locks(), step.undo(),
                step.validation(), step.pointOfNoReturn(), step.source(), Optional.empty());
    }

    private static String canonical(Object value) {
        try {
            // By way of plain maps, so that a map by enum is sorted by its wire names too, not by the enum's order.
            return MessageJson.mapper().writeValueAsString(MessageJson.mapper().convertValue(value, Object.class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write what is to be hashed", e);
        }
    }
}
