package io.lockkeeper.observer.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.lockkeeper.observer.invariant.RuleLanguage;
import io.lockkeeper.observer.invariant.RuleLanguage.Absent;
import io.lockkeeper.observer.invariant.RuleLanguage.Holds;
import io.lockkeeper.observer.invariant.RuleLanguage.Image;
import io.lockkeeper.observer.invariant.RuleLanguage.Outcome;
import io.lockkeeper.observer.invariant.RuleLanguage.RowChange;
import io.lockkeeper.observer.invariant.RuleLanguage.Seen;
import io.lockkeeper.observer.invariant.RuleLanguage.Unknown;
import io.lockkeeper.observer.invariant.RuleLanguage.Unseen;
import io.lockkeeper.observer.invariant.RuleLanguage.Violated;

class CelRulesTest {

    private final CelRules language = new CelRules();

    @Test
    void ruleOverTheNewRowHoldsOrDoesNot() {
        assertThat(insert("after.stock >= 0", Map.of("stock", 3L))).isEqualTo(new Holds());
        assertThat(insert("after.stock >= 0", Map.of("stock", -3L))).isEqualTo(new Violated());
    }

    @Test
    void transitionIsHeldAgainstTheRowAsItWas() {
        String once = "op != 'update' || before.status != 'shipped' || after.status == 'shipped'";

        assertThat(update(once, seen(Map.of("status", "shipped")), seen(Map.of("status", "new"))))
                .isEqualTo(new Violated());
        assertThat(update(once, seen(Map.of("status", "new")), seen(Map.of("status", "shipped"))))
                .isEqualTo(new Holds());
        assertThat(insert(once, Map.of("status", "new"))).isEqualTo(new Holds());
    }

    @Test
    void whatTheStreamDoesNotBringIsUnknownAndNeverEqual() {
        assertThat(update("after.total == before.total", new Unseen(), seen(Map.of("total", "1"))))
                .isInstanceOfSatisfying(Unknown.class,
                        unknown -> assertThat(unknown.why()).contains("did not bring before"));
        Image toast = new Seen(Map.of("id", 1L), Set.of("contract"));
        for (String rule : List.of("after.contract == null", "after['contract'] != 'x'",
                "size(after.contract) > 3")) {
            assertThat(update(rule, seen(Map.of()), toast)).as(rule).isInstanceOf(Unknown.class);
        }
    }

    @Test
    void whatIsDecidedWithoutTheUnseenValueIsDecided() {
        Image toast = new Seen(Map.of("id", 1L), Set.of("contract"));

        assertThat(update("after.id == 1 || after.contract == 'x'", seen(Map.of()), toast)).isEqualTo(new Holds());
    }

    @Test
    void nullIsAValue() {
        Map<String, Object> row = new HashMap<>();
        row.put("customer", null);

        assertThat(insert("after.customer != null", row)).isEqualTo(new Violated());
    }

    @Test
    void numericColumnsAreStringsAndComparedAsTheRuleSays() {
        assertThat(insert("double(after.total) >= 0.0", Map.of("total", "10.50"))).isEqualTo(new Holds());
    }

    @Test
    void errorIsToldByItsCodeAndNotByTheRowsValues() {
        assertThat(insert("double(after.total) > 0.0", Map.of("total", "secret")))
                .isInstanceOfSatisfying(Unknown.class, unknown -> assertThat(unknown.why())
                        .contains("BAD_FORMAT").doesNotContain("secret"));
        assertThat(insert("after.absent > 0", Map.of("total", 1L))).isInstanceOf(Unknown.class);
    }

    @Test
    void whatIsNoRuleIsRejectedWithItsPlace() {
        assertThatThrownBy(() -> language.compile("after.stock >=")).isInstanceOf(RuleLanguage.Rejected.class);
        assertThatThrownBy(() -> language.compile("after.stock + 1")).isInstanceOf(RuleLanguage.Rejected.class);
        assertThatThrownBy(() -> language.compile("row.stock >= 0")).isInstanceOf(RuleLanguage.Rejected.class)
                .hasMessageContaining("undeclared reference to 'row'");
        // It would take what is not known for what is not there.
        assertThatThrownBy(() -> language.compile("has(after.stock)")).isInstanceOf(RuleLanguage.Rejected.class);
    }

    @Test
    void ruleKnowsWhetherADeletedRowConcernsIt() {
        assertThat(language.compile("after.stock >= 0").knowsMoreThanAfter()).isFalse();
        assertThat(language.compile("op != 'delete'").knowsMoreThanAfter()).isTrue();
        assertThat(language.compile("before.stock >= 0").knowsMoreThanAfter()).isTrue();
    }

    private Outcome insert(String rule, Map<String, Object> after) {
        return language.compile(rule).of(new RowChange("insert", new Absent(), seen(after)));
    }

    private Outcome update(String rule, Image before, Image after) {
        return language.compile(rule).of(new RowChange("update", before, after));
    }

    private static Image seen(Map<String, Object> values) {
        return new Seen(values, Set.of());
    }
}
