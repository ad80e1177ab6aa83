package io.lockkeeper.planner.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;

class DenyRulesTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar(1);

    @AfterAll
    static void close() {
        GRAMMAR.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
            "UPDATE pg_index SET indisready = false | system-catalog | -",
            "WITH gone AS (DELETE FROM pg_catalog.pg_depend RETURNING 1) SELECT * FROM gone | system-catalog | -",
            "INSERT INTO pg_authid (rolname) VALUES ('me') | alter-system | alter-system",
            "DO 'BEGIN DELETE FROM pg_database; END' | alter-system | alter-system",
            "DO 'BEGIN DELETE FROM pg_index; END' | - | -",
            "UPDATE app.pg_index SET a = 1 | - | -",
            "INSERT INTO orders SELECT oid FROM pg_class | - | -"})
    void writesToCatalogsAreDenied(String sql, String inUse, String fresh) {
        assertThat(denied(sql, false)).isEqualTo(Optional.ofNullable(inUse));
        assertThat(denied(sql, true)).isEqualTo(Optional.ofNullable(fresh));
    }

    private static Optional<String> denied(String sql, boolean fresh) {
        SourceStatement statement = new SourceStatement("V1__x.sql", 1,
                ((Parsed) GRAMMAR.parse(sql)).statements().get(0));
        try {
            assertThat(new DenyRules(GRAMMAR, Policy.DEFAULT, Set.of(), fresh).require(statement))
                    .isEqualTo(List.of());
            return Optional.empty();
        } catch (RefusedStatement e) {
            return Optional.of(e.code());
        }
    }
}
