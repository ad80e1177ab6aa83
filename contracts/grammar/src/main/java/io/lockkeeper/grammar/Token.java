package io.lockkeeper.grammar;

/**
 * What PostgreSQL's scanner takes for one piece.
 *
 * @param text as written, with quotes
 * @param offset of the first character, an index into the Java string that was scanned
 */
public record Token(Kind kind, String text, int offset) {

    public enum Kind {
        /** A word that the grammar knows, reserved or not: {@code SELECT}, but also {@code name} */
        KEYWORD,
        /** Any other name, quoted or not */
        IDENTIFIER,
        /** A constant in quotes or between dollars, also of bits */
        STRING,
        NUMBER,
        /** {@code $1} */
        PARAMETER,
        /** Operators and punctuation */
        SYMBOL,
        COMMENT
    }

    /** @return index of the character behind the token */
    public int end() {
        return offset + text.length();
    }

    /** @param word without regard to case; quoted names are never keywords */
    public boolean isKeyword(String word) {
        return kind == Kind.KEYWORD && text.equalsIgnoreCase(word);
    }

    public boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    /** @param scannerName the scanner's own name for the token, which it has for some kinds only */
    static Token of(String text, int offset, String scannerName, boolean keyword) {
        return new Token(keyword ? Kind.KEYWORD : kind(scannerName, text), text, offset);
    }

    private static Kind kind(String scannerName, String text) {
        return switch (scannerName) {
            case "SQL_COMMENT", "C_COMMENT" -> Kind.COMMENT;
            case "IDENT" -> Kind.IDENTIFIER;
            case "SCONST" -> Kind.STRING;
            case "ICONST", "FCONST" -> Kind.NUMBER;
            case "PARAM" -> Kind.PARAMETER;
            // U&"name", U&'text', b'0', x'F': kinds that the scanner has no names for. A symbol holds no quotes.
            default -> text.endsWith("\"") ? Kind.IDENTIFIER : text.endsWith("'") ? Kind.STRING : Kind.SYMBOL;
        };
    }
}
