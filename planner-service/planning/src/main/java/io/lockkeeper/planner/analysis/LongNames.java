package io.lockkeeper.planner.analysis;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import io.lockkeeper.planner.statement.Token;
import io.lockkeeper.planner.statement.Tokens;

/** Names that the server cuts to 63 bytes, and then goes on with another object. The parser shows them cut. */
final class LongNames {

    private static final int LONGEST = 63;
    /** Few statements have a word of so many letters, of four bytes each at worst: only those are cut into tokens. */
    private static final Pattern SUSPICIOUS = Pattern.compile("[^\\s,;()'\"]{16,}|\"[^\"]{16,}\"");

    private LongNames() {}

    static void find(String text, Effects effects) {
        if (!SUSPICIOUS.matcher(text).find()) {
            return;
        }
        Tokens.of(text).list().stream().filter(Token::identifier).map(Token::name)
                .filter(name -> name.getBytes(StandardCharsets.UTF_8).length > LONGEST).distinct()
                .forEach(name -> effects.find(Rule.IDENTIFIER_TOO_LONG, "the name " + name + " is too long"));
    }
}
