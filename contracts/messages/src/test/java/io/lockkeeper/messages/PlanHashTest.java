package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

class PlanHashTest {

    private static final EvidenceProfile PROFILE = new EvidenceProfile("demo", Duration.ofSeconds(1), 3,
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMinutes(1),
            Duration.ofMinutes(5), 0,
            Map.of(Gate.CONTRACT, List.of(EvidenceKind.PARITY, EvidenceKind.OLD_SESSIONS), Gate.ARMED,
                    List.of(EvidenceKind.BASELINE)));

    private static Plan plan(Optional<Step.Estimate> estimate) {
        RelationName orders = RelationName.of("public", "orders");
        Step step = new Step("001", Phase.EXPAND, "Add a column", Optional.of(Gate.ARMED),
                new Action.Ddl(List.of("ALTER TABLE public.orders ADD COLUMN note text")),
                List.of(new Step.LockClaim(orders, LockMode.ACCESS_EXCLUSIVE)), Optional.empty(), Optional.empty(),
                false,
                Optional.of(new Step.Source("V1__x.sql", 1, 1)), estimate);
        Application shop = new Application("shop", Optional.of("1"), "2", Optional.empty(), Optional.empty());
        Watch watch = new Watch(Optional.empty(), List.of(), List.of(), List.of(), shop, PROFILE);
        return new Plan("shop", "r1", 180006, "", Policy.DEFAULT, List.of(),
                List.of(new Plan.Precondition(orders, "md5")), List.of(step), watch, List.of(), List.of());
    }

    @Test
    void estimatesDoNotChangeTheHash() {
        assertThat(PlanHash.of(plan(Optional.of(new Step.Estimate(5, 10)))))
                .isEqualTo(PlanHash.of(plan(Optional.empty())));
    }

    @Test
    void aPlanReadBackFromItsJsonHasTheSameHash() throws Exception {
        Plan plan = plan(Optional.empty());
        String json = MessageJson.mapper().writeValueAsString(plan);
        Plan back = MessageJson.mapper().readValue(json, Plan.class);
        assertThat(back).isEqualTo(plan);
        assertThat(PlanHash.of(back)).isEqualTo(PlanHash.of(plan));
        assertThat(json).contains("\"kind\":\"ddl\"").contains("\"phase\":\"expand\"").contains("PT5S")
                .contains("\"contract\":[\"parity\",\"old-sessions\"]");
    }
}
