package io.lockkeeper.planner.statement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.RelationName;

class NamesTest {

    @Test
    void aNameInAStringIsReadAsTheServerReadsIt() {
        assertThat(Names.inText("Orders_Seq")).contains(RelationName.of("public", "orders_seq"));
        assertThat(Names.inText(" shop.\"Odd.Seq\" ")).contains(RelationName.of("shop", "Odd.Seq"));
        assertThat(Names.inText("\"a\"\"b\"")).contains(RelationName.of("public", "a\"b"));
    }

    @Test
    void aStringThatIsNoNameIsNone() {
        for (String text : new String[]{"", ".", "a.", "a b", "\"", "a.b.c"}) {
            assertThat(Names.inText(text)).as(text).isEmpty();
        }
    }
}
