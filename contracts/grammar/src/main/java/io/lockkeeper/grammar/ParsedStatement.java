package io.lockkeeper.grammar;

/**
 * One statement of a script.
 *
 * @param index from 0, in the order of the script
 * @param text exactly as written, from its first token to its last: without the semicolon and without comments before
 *         or after it, so that it can be embedded elsewhere
 * @param offset of the text in the Java string that was parsed
 * @param startLine of the first token, from 1
 * @param startColumn of the first token, from 1, in characters as a reader counts them
 * @param tree what PostgreSQL's parser made of it, e.g. an {@code AlterTableStmt}; locations in it are offsets into
 *         {@code text}
 */
public record ParsedStatement(int index, String text, int offset, int startLine, int startColumn, SyntaxNode tree) {

    /** @return the parser's name for this kind of statement, e.g. {@code IndexStmt} */
    public String nodeType() {
        return tree.type();
    }
}
