package io.lockkeeper.planner.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

class TokensTest {

    @Test
    void commasInStringsCommentsAndParenthesesDoNotSplit() {
        String text = "a 'x, ''y''' /* , /* , */ , */ b, f(1, 2) -- , c\n, $tag$ , $other$ , $tag$, E'\\', ', \"q,\"\"\"";
        Tokens tokens = Tokens.of(text);
        assertThat(tokens.split(0, tokens.list().size())).extracting(tokens::slice).containsExactly(
                "a 'x, ''y''' /* , /* , */ , */ b", "f(1, 2)", "$tag$ , $other$ , $tag$", "E'\\', '", "\"q,\"\"\"");
    }

    @Test
    void namesAreFoldedUnlessQuoted() {
        List<Token> tokens = Tokens.of("Orders.\"Sales \"\"Region\"\"\"").list();
        assertThat(tokens.get(0).name()).isEqualTo("orders");
        assertThat(tokens.get(2).name()).isEqualTo("Sales \"Region\"");
        assertThat(Tokens.of("a . b.c + d").afterName(0)).isEqualTo(5);
    }

    @Test
    void numbersAndOperatorsStayApart() {
        assertThat(Tokens.of("1.5e-3+x-2 0xFF .5 n'ä' b'01' u&'\\0041'").list()).extracting(Token::text)
                .containsExactly("1.5e-3", "+", "x", "-", "2", "0xFF", ".5", "n'ä'", "b'01'", "u&'\\0041'");
    }

    @Test
    void parenthesesAreMatchedByDepth() {
        Tokens tokens = Tokens.of("CHECK ((a) > ']' || b[1]) NO INHERIT");
        assertThat(tokens.list().get(tokens.closing(1)).start()).isEqualTo(24);
        assertThat(tokens.find("NO", 0)).isPresent();
        assertThat(tokens.find("a", 0)).isEmpty();
    }
}
