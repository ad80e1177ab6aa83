package io.lockkeeper.executor.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.lockkeeper.executor.lock.LockScript.Lockable;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step.LockClaim;

class LockPolicyTest {

    private static final LockPolicy PRODUCTION = LockPolicy.of(Policy.DEFAULT);
    private static final Lockable ORDERS = lockable("orders", false);
    private static final Lockable CUSTOMERS = lockable("customers", false);

    @Test
    void ladderRisesAndThenStays() {
        assertThat(List.of(1, 2, 3, 4, 5, 30)).map(PRODUCTION::rung).map(Duration::toMillis).containsExactly(50L, 100L,
                200L, 400L, 400L, 400L);
    }

    @Test
    void ladderStaysWithinTheBudget() {
        LockPolicy tight = LockPolicy.of(new Policy("production", Duration.ofMillis(150), false, false, false,
                List.of()));

        assertThat(List.of(1, 2, 3, 4)).map(tight::rung).map(Duration::toMillis).containsExactly(50L, 100L, 150L, 150L);
    }

    @Test
    void sleepGrowsUpToAMinuteAndIsSpread() {
        assertThat(PRODUCTION.sleep(1, 0.5)).isEqualTo(Duration.ofSeconds(2));
        assertThat(PRODUCTION.sleep(4, 0.5)).isEqualTo(Duration.ofSeconds(16));
        assertThat(PRODUCTION.sleep(30, 0.0)).isEqualTo(Duration.ofSeconds(30));
        assertThat(PRODUCTION.sleep(30, 0.999)).isLessThan(Duration.ofSeconds(90));
    }

    @Test
    void furtherRelationsAreAskedForWithoutWaiting() {
        assertThat(LockScript.of(List.of(ORDERS, CUSTOMERS), Duration.ofMillis(100), 1, List.of())).isEqualTo("""
                SET LOCAL lock_timeout = 100;
                LOCK TABLE "public"."orders" IN ACCESS EXCLUSIVE MODE;
                LOCK TABLE "public"."customers" IN ACCESS EXCLUSIVE MODE NOWAIT;
                """);
    }

    @Test
    void laterAttemptsShareTheRungOutSoThatTheSumStays() {
        assertThat(LockScript.of(List.of(ORDERS, CUSTOMERS), Duration.ofMillis(400), 2, List.of())).isEqualTo("""
                SET LOCAL lock_timeout = 200;
                LOCK TABLE "public"."orders" IN ACCESS EXCLUSIVE MODE;
                LOCK TABLE "public"."customers" IN ACCESS EXCLUSIVE MODE;
                """);
    }

    @Test
    void autovacuumIsMadeToYieldBeforeAnybodyHasToWait() {
        assertThat(LockScript.of(List.of(ORDERS), Duration.ofMillis(50), 1, List.of(ORDERS.claim()))).isEqualTo("""
                SET LOCAL lock_timeout = 2500;
                LOCK TABLE "public"."orders" IN SHARE UPDATE EXCLUSIVE MODE;
                SET LOCAL lock_timeout = 50;
                LOCK TABLE "public"."orders" IN ACCESS EXCLUSIVE MODE;
                """);
    }

    @Test
    void parentOfPartitionsIsLockedAlone() {
        assertThat(LockScript.of(List.of(lockable("events", true)), Duration.ofMillis(50), 1, List.of()))
                .contains("LOCK TABLE ONLY \"public\".\"events\"");
    }

    private static Lockable lockable(String table, boolean only) {
        return new Lockable(new LockClaim(RelationName.of("public", table), LockMode.ACCESS_EXCLUSIVE), only);
    }
}
