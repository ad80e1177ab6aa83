package io.lockkeeper.observer.invariant;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.observer.invariant.RuleLanguage.Absent;
import io.lockkeeper.observer.invariant.RuleLanguage.RowChange;

/** The row rules of one run. The change stream's thread evaluates them; what they have shown is kept with its offset. */
public final class RowRules {

    private static final int KEPT = 1000;

    private final List<Compiled> compiled = new ArrayList<>();
    private final Map<String, String> rejected = new LinkedHashMap<>();
    private final Clock clock;
    private final Runnable violated;

    private record Compiled(RowRule stated, RuleLanguage.Rule rule) {}

    /** @param violated called when a row violates a rule that no row did before: nobody should wait for the next look */
    public RowRules(List<RowRule> rules, RuleLanguage language, Clock clock, Runnable violated) {
        this.clock = clock;
        this.violated = violated;
        for (RowRule stated : rules) {
            try {
                compiled.add(new Compiled(stated, language.compile(stated.holds())));
            } catch (RuleLanguage.Rejected e) {
                rejected.put(stated.name(), e.getMessage());
            }
        }
    }

    /** By name: why a rule is none. */
    public Map<String, String> rejected() {
        return Map.copyOf(rejected);
    }

    public boolean concern(RelationName relation) {
        return compiled.stream().anyMatch(each -> each.stated().relation().equals(relation));
    }

    /** @param standing by name, what earlier batches have shown */
    public Batch batch(Map<String, RuleStanding> standing) {
        return new Batch(standing);
    }

    /** Changes that are kept or lost together. Used by one thread. */
    public final class Batch {

        private final Map<String, RuleStanding> standing;
        private boolean fresh;

        private Batch(Map<String, RuleStanding> standing) {
            this.standing = new HashMap<>(standing);
        }

        public Map<String, RuleStanding> standing() {
            return Map.copyOf(standing);
        }

        public void add(RelationName relation, String key, RowChange change) {
            for (Compiled each : compiled) {
                if (each.stated().relation().equals(relation)) {
                    RuleStanding before = known(each);
                    RuleStanding now = judged(before, key, outcome(each.rule(), change));
                    standing.put(each.stated().name(), now);
                    fresh |= before.violating().isEmpty() && !now.violating().isEmpty();
                }
            }
        }

        /** To be called once others can see what the batch has shown. */
        public void kept() {
            if (fresh) {
                violated.run();
            }
        }

        /** The stream cannot say which rows changed, or what became of them. */
        public void missed(RelationName relation, String what) {
            for (Compiled each : compiled) {
                if (each.stated().relation().equals(relation)) {
                    standing.put(each.stated().name(), known(each).missing(what, clock.instant()));
                }
            }
        }

        public void missed(String what) {
            compiled.stream().map(each -> each.stated().relation()).distinct()
                    .forEach(relation -> missed(relation, what));
        }

        private RuleStanding known(Compiled each) {
            return standing.getOrDefault(each.stated().name(), RuleStanding.NOTHING);
        }
    }

    private static RuleLanguage.Outcome outcome(RuleLanguage.Rule rule, RowChange change) {
        return change.after() instanceof Absent && !rule.knowsMoreThanAfter()
                ? new RuleLanguage.Holds()
                : rule.of(change);
    }

    private static RuleStanding judged(RuleStanding before, String key, RuleLanguage.Outcome outcome) {
        if (outcome instanceof RuleLanguage.Holds && !before.violating().contains(key)
                && !before.unknown().contains(key)) {
            return new RuleStanding(before.evaluated() + 1, before.violating(), before.unknown(), before.why(),
                    before.more(), before.missed());
        }
        Set<String> violating = new LinkedHashSet<>(before.violating());
        Set<String> unknown = new LinkedHashSet<>(before.unknown());
        violating.remove(key);
        unknown.remove(key);
        boolean more = before.more();
        Optional<String> why = before.why();
        if (outcome instanceof RuleLanguage.Violated) {
            more |= !add(violating, key);
        } else if (outcome instanceof RuleLanguage.Unknown reason) {
            more |= !add(unknown, key);
            why = Optional.of(reason.why());
        }
        return new RuleStanding(before.evaluated() + 1, violating, unknown, why, more, before.missed());
    }

    private static boolean add(Set<String> keys, String key) {
        return keys.size() < KEPT && keys.add(key);
    }
}
