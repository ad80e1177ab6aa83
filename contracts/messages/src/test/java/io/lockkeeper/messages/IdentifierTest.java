package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentifierTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            orders                     | "orders"
            Orders                     | "Orders"
            select                     | "select"
            order items                | "order items"
            a"b                        | "a""b"
            "                          | \"\"\"\"
            ""                         | \"\"\"\"\"\"
            a"; DROP TABLE orders; --  | "a""; DROP TABLE orders; --"
            a\\                        | "a\\"
            a'b                        | "a'b"
            $1                         | "$1"
            größe                      | "größe"
            注文                        | "注文"
            """)
    void nameIsQuotedWhole(String name, String quoted) {
        assertThat(Identifier.quote(name)).isEqualTo(quoted);
    }

    @Test
    void whatTheServerWouldCutOrNotTakeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Identifier.quote("a\0b"));
        assertThatIllegalArgumentException().isThrownBy(() -> Identifier.quote(""));
        assertThatIllegalArgumentException().isThrownBy(() -> Identifier.quote(null));
        assertThatIllegalArgumentException().isThrownBy(() -> Identifier.quote("a".repeat(64)));
        assertThatIllegalArgumentException().isThrownBy(() -> Identifier.quote("ö".repeat(32)));
        assertThat(Identifier.quote("ö".repeat(31) + "o")).hasSize(34);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
            plain            | 'plain'
            it's             | 'it''s'
            '                | ''''
            '; DROP TABLE x  | '''; DROP TABLE x'
            a\\b             | E'a\\\\b'
            \\'              | E'\\\\'''
            "q"              | '"q"'
            $$x$$            | '$$x$$'
            """)
    void textIsALiteralUnderEitherSettingOfStandardConformingStrings(String text, String literal) {
        assertThat(Identifier.literal(text).strip()).isEqualTo(literal);
    }

    @Test
    void emptyTextIsALiteralAndAZeroByteIsNot() {
        assertThat(Identifier.literal("")).isEqualTo("''");
        assertThatIllegalArgumentException().isThrownBy(() -> Identifier.literal("a\0"));
        assertThatIllegalArgumentException().isThrownBy(() -> Identifier.literal(null));
    }

    @Test
    void relationIsQualified() {
        assertThat(RelationName.of("my schema", "t\"x").quoted()).isEqualTo("\"my schema\".\"t\"\"x\"");
        assertThat(RelationName.of("a", "b")).isLessThan(RelationName.of("b", "a"))
                .isLessThan(RelationName.of("a", "c")).hasToString("a.b");
        assertThatIllegalArgumentException().isThrownBy(() -> RelationName.of("", "t"))
                .withMessage("schema is missing: state it");
    }
}
