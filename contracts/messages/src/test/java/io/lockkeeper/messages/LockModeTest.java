package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

class LockModeTest {

    /** Table "Conflicting Lock Modes" of the manual, weakest mode first. */
    private static final String CONFLICTS = """
            ACCESS SHARE            . . . . . . . X
            ROW SHARE               . . . . . . X X
            ROW EXCLUSIVE           . . . . X X X X
            SHARE UPDATE EXCLUSIVE  . . . X X X X X
            SHARE                   . . X X . X X X
            SHARE ROW EXCLUSIVE     . . X X X X X X
            EXCLUSIVE               . X X X X X X X
            ACCESS EXCLUSIVE        X X X X X X X X
            """;

    @Test
    void conflictsAreThoseOfTheManual() {
        String table = Arrays.stream(LockMode.values())
                .map(held -> "%-23s".formatted(held.sql()) + Arrays.stream(LockMode.values())
                        .map(asked -> held.conflictsWith(asked) ? " X" : " .").collect(Collectors.joining()))
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(table).isEqualTo(CONFLICTS);
    }

    @Test
    void applicationIsBlockedFromShareUpwards() {
        assertThat(LockMode.values()).filteredOn(LockMode::blocksApplication).containsExactly(LockMode.SHARE,
                LockMode.SHARE_ROW_EXCLUSIVE, LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE);
    }

    @Test
    void namesAreThoseOfLockTableAndPgLocks() {
        assertThat(LockMode.values()).extracting(LockMode::catalogName).containsExactly("AccessShareLock",
                "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock",
                "ExclusiveLock", "AccessExclusiveLock");
        assertThat(LockMode.SHARE_UPDATE_EXCLUSIVE.sql()).isEqualTo("SHARE UPDATE EXCLUSIVE");
    }
}
