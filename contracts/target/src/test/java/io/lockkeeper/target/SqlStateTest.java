package io.lockkeeper.target;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes of the manual's appendix "PostgreSQL Error Codes". */
class SqlStateTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            55P03 | LOCK_NOT_AVAILABLE     | lock_not_available
            40P01 | DEADLOCK               | deadlock_detected
            40001 | SERIALIZATION          | serialization_failure
            57014 | CANCELLED              | query_canceled
            57P01 | CONNECTION_LOST        | admin_shutdown
            57P02 | CONNECTION_LOST        | crash_shutdown
            57P03 | CONNECTION_LOST        | cannot_connect_now
            57P05 | CONNECTION_LOST        | idle_session_timeout
            25P03 | CONNECTION_LOST        | idle_in_transaction_session_timeout
            25P04 | CONNECTION_LOST        | transaction_timeout
            08000 | CONNECTION_LOST        | connection_exception
            08001 | CONNECTION_LOST        | sqlclient_unable_to_establish_sqlconnection
            08006 | CONNECTION_LOST        | connection_failure
            08P01 | CONNECTION_LOST        | protocol_violation
            53300 | SERVER_BUSY            | too_many_connections
            53400 | SERVER_BUSY            | configuration_limit_exceeded
            42501 | INSUFFICIENT_PRIVILEGE | insufficient_privilege
            42P01 | UNDEFINED_OBJECT       | undefined_table
            42703 | UNDEFINED_OBJECT       | undefined_column
            42704 | UNDEFINED_OBJECT       | undefined_object
            42883 | UNDEFINED_OBJECT       | undefined_function
            3F000 | UNDEFINED_OBJECT       | invalid_schema_name
            23505 | OTHER                  | unique_violation
            53100 | OTHER                  | disk_full
            0A000 | OTHER                  | feature_not_supported
            XX000 | OTHER                  | internal_error
            """)
    void codeMeans(String code, SqlState state, String condition) {
        assertThat(SqlState.of(code, condition)).isEqualTo(state);
    }

    @Test
    void concurrentReplacementOfARoutineIsToldByItsMessage() {
        assertThat(SqlState.of("XX000", "tuple concurrently updated")).isEqualTo(SqlState.CONCURRENT_CATALOG_UPDATE);
        assertThat(SqlState.of("XX000", null)).isEqualTo(SqlState.OTHER);
        assertThat(SqlState.of(null, "tuple concurrently updated")).isEqualTo(SqlState.OTHER);
    }

    @Test
    void onlyWhatLeavesTheConnectionUsableIsRetryable() {
        assertThat(SqlState.values()).filteredOn(SqlState::retryable).containsExactly(SqlState.LOCK_NOT_AVAILABLE,
                SqlState.DEADLOCK, SqlState.SERIALIZATION, SqlState.CONCURRENT_CATALOG_UPDATE);
    }
}
