package io.lockkeeper.observer.invariant;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Keys;
import io.lockkeeper.observer.gate.Words;

/** The release's row rules, as the change stream has shown them. */
public final class RowRuleCheck {

    private static final int SHOWN_KEYS = 5;

    private RowRuleCheck() {}

    /**
     * @param rejected by name, why a rule is none
     * @param standing by name; empty where no stream runs
     * @param since    what the stream missed before this moment was answered for by a person
     */
    public static List<Finding> judge(Watch watch, Map<String, String> rejected,
            Optional<Map<String, RuleStanding>> standing, Keys keys, Instant since) {
        List<Finding> findings = new ArrayList<>();
        for (RowRule rule : watch.rowRules()) {
            boolean followed = standing.isPresent() && watch.relations().stream()
                    .anyMatch(known -> known.relation().equals(rule.relation()) && known.published()
                            && !known.key().isEmpty());
            Finding.Claim claim = new Finding.Claim(EvidenceKind.INVARIANTS, rule.name(),
                    "no changed row violates the rule", rule.severity(), "0 rows", "change stream of "
                            + rule.relation());
            if (rejected.containsKey(rule.name())) {
                findings.add(claim.unproven().unknown("the rule cannot be read: " + rejected.get(rule.name())));
            } else if (!followed) {
                findings.add(claim.unproven().unknown("no change stream follows " + rule.relation()
                        + " by its key: state an invariant in SQL instead"));
            } else {
                findings.add(judge(claim,
                        standing.get().getOrDefault(rule.name(), RuleStanding.NOTHING),
                        key -> keys.shown(Optional.of(rule.relation()), key), since));
            }
        }
        return findings;
    }

    private static Finding judge(Finding.Claim claim, RuleStanding known, UnaryOperator<String> shown,
            Instant since) {
        String evaluated = Words.count(known.evaluated(), "change") + " evaluated";
        if (!known.violating().isEmpty()) {
            return claim.failed((known.more() ? "more than " : "") + Words.count(known.violating().size(), "row")
                    + " in violation; " + evaluated + "; keys "
                    + String.join(" ", known.violating().stream().sorted().limit(SHOWN_KEYS).map(shown)
                            .toList()),
                    Optional.empty());
        }
        if (known.more() || !known.unknown().isEmpty()) {
            return claim.unproven()
                    .unknown((known.more() ? "more than " : "") + Words.count(known.unknown().size(), "row")
                            + " could not be judged: " + known.why().orElse("no reason known"));
        }
        Optional<RuleStanding.Missed> missed = known.missed().filter(gap -> gap.at().isAfter(since));
        return missed.isPresent()
                ? claim.unproven().unknown("the stream did not say which rows changed: " + missed.get().what()
                        + "; a further attempt of the gate goes on from there")
                : claim.passed(evaluated + ", 0 violate", Optional.empty());
    }
}
