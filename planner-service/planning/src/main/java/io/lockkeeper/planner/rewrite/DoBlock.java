package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedRoutines;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;

/**
 * DO. A block that only reads and raises is a check and runs in a read-only transaction, so that the server sees to it
 * that it writes nothing; any other is refused but for a named exception.
 */
final class DoBlock implements Rewrite {

    private static final String STATEMENT = "PLpgSQL_stmt_";
    private static final Set<String> READING = Set.of("block", "assign", "if", "case", "loop", "while", "fori", "fors",
            "foreach_a", "exit", "return", "raise", "assert", "perform", "getdiag", "execsql");

    @Override
    public Set<String> takes() {
        return Set.of("DoStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        return reads(subject)
                ? Sequence.of(subject.catalog(), OpaqueStatement.check(subject, "DO block"))
                : OpaqueStatement.run(subject, "DO block", OpaqueStatement.place(subject),
                        "What it locks, and what it does a second time, cannot be known from its text.");
    }

    private static boolean reads(Subject subject) {
        if (!(subject.grammar().parsePlpgsql(subject.statement().text()) instanceof ParsedRoutines parsed)
                || parsed.routines().isEmpty()) {
            return false;
        }
        List<SyntaxNode> nodes = parsed.routines().stream().flatMap(SyntaxNode::typedNodes).toList();
        return nodes.stream().anyMatch(node -> node.is("PLpgSQL_stmt_block"))
                && nodes.stream().allMatch(node -> reads(node, subject.grammar()));
    }

    private static boolean reads(SyntaxNode node, PostgresGrammar grammar) {
        if (!node.type().startsWith(STATEMENT)) {
            return true;
        }
        boolean known = READING.contains(node.type().substring(STATEMENT.length()));
        return known && (!node.is("PLpgSQL_stmt_execsql")
                || grammar.parse(node.get("sqlstmt").string("query")) instanceof Parsed parsed
                        && parsed.statements().stream().map(ParsedStatement::nodeType).allMatch("SelectStmt"::equals));
    }
}
