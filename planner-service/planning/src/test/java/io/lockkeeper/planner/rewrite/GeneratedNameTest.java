package io.lockkeeper.planner.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.RelationName;

class GeneratedNameTest {

    private static final RelationName ORDERS = RelationName.of("public", "orders");

    @Test
    void namesFitAndDoNotCollideWhereTheirBeginningsAreTheSame() {
        String base = "ü".repeat(40);
        String one = GeneratedName.of(base + "1", "r1", ORDERS, "quarantine");
        String two = GeneratedName.of(base + "2", "r1", ORDERS, "quarantine");
        assertThat(one.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(63);
        assertThat(one).startsWith("ü").isNotEqualTo(two)
                .isEqualTo(GeneratedName.of(base + "1", "r1", ORDERS, "quarantine"));
        assertThat(GeneratedName.of("a", "r1", ORDERS, "x")).isNotEqualTo(GeneratedName.of("a", "r2", ORDERS, "x"))
                .isNotEqualTo(GeneratedName.of("a", "r1", RelationName.of("public", "order"), "x"))
                .isNotEqualTo(GeneratedName.of("a", "r1", ORDERS, "y"));
    }

    @Test
    void triggersSortBehindThoseOfTheApplication() {
        assertThat(GeneratedName.trigger("r1", ORDERS, "status")).isGreaterThan("zz_audit").hasSize(32);
    }

    @Test
    void conventionalNamesAreCutAsPostgresCutsThem() {
        assertThat(GeneratedName.conventional("orders", "status", "idx")).isEqualTo("orders_status_idx");
        assertThat(GeneratedName.conventional("orders", "", "check")).isEqualTo("orders_check");
        String cut = GeneratedName.conventional("t".repeat(63), "c".repeat(20), "key");
        assertThat(cut).hasSize(63).endsWith("_" + "c".repeat(20) + "_key");
    }
}
