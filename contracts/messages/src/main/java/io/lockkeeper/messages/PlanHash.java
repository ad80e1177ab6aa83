package io.lockkeeper.messages;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;

/** Hashes over canonical JSON (sorted properties, no white space), so that equal content has equal hash anywhere. */
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

    private static Step withoutEstimate(Step step) {
        return new Step(step.id(), step.phase(), step.title(), step.gate(), step.action(), step.locks(), step.undo(),
                step.validation(), step.pointOfNoReturn(), step.source(), Optional.empty());
    }

    private static String canonical(Object value) {
        try {
            return MessageJson.mapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write what is to be hashed", e);
        }
    }
}
