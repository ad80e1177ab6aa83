package io.lockkeeper.planner.routine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;

/** What a body answers besides its result, and what another body answers otherwise. */
class BodyContractTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar(1);

    @AfterAll
    static void close() {
        GRAMMAR.close();
    }

    @Test
    void conditionsAreReadAsTheBodyWritesThem() {
        BodyContract contract = of("""
                IF x IS NULL THEN RETURN NULL; END IF;
                RAISE NOTICE 'seen';
                RAISE EXCEPTION 'no %', x USING ERRCODE = 'P7001', HINT = 'try again';
                RAISE no_data_found;
                RAISE SQLSTATE '22012';
                RAISE EXCEPTION 'plain';
                EXCEPTION WHEN unique_violation OR SQLSTATE '40001' THEN RAISE;""");

        assertThat(contract.raises()).containsExactly("22012", "P0001", "P7001", "no_data_found");
        assertThat(contract.catches()).containsExactly("40001", "unique_violation");
        assertThat(contract.returnsNull()).isTrue();
    }

    @Test
    void anotherBodyIsHeldAgainstIt() {
        BodyContract before = of("RAISE EXCEPTION 'no' USING ERRCODE = 'P7001';");

        assertThat(words(before, of("RAISE EXCEPTION 'not so' USING ERRCODE = 'P7001', DETAIL = 'why';"))).isEmpty();
        assertThat(words(before, of("RAISE EXCEPTION 'no';"))).containsExactly("it raises P0001",
                "it no longer raises P7001");
        assertThat(words(before, of("RETURN NULL;"))).containsExactly("it no longer raises P7001",
                "it returns NULL somewhere");
        assertThat(
                words(before, of("RAISE EXCEPTION 'no' USING ERRCODE = 'P7001'; EXCEPTION WHEN others THEN RETURN 1;")))
                .containsExactly("it catches others");
    }

    private static List<String> words(BodyContract before, BodyContract after) {
        return before.before(after).stream().map(RoutineChange.Difference::words).toList();
    }

    private static BodyContract of(String body) {
        String definition = "CREATE FUNCTION f(x integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN " + body
                + " END $$";
        Parsed parsed = (Parsed) GRAMMAR.parse(definition);
        Declaration declaration = Declaration.of(parsed.statements().get(0).tree(), type -> "integer");
        return BodyContract.of(declaration, definition, GRAMMAR).orElseThrow();
    }
}
