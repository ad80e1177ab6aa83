package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.ParsedRoutines;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;
import io.lockkeeper.planner.statement.Token;
import io.lockkeeper.planner.statement.Tokens;

/** A file as the transactions that PostgreSQL lets it be: one, but for what must commit in between or runs outside. */
final class FileScript {

    /** @param first statement of the part, for its place in the file */
    record Part(SourceStatement first, List<String> statements, boolean transactional) {}

    private static final Set<String> OURS = Set.of("lock_timeout", "statement_timeout",
            "idle_in_transaction_session_timeout", "transaction_timeout", "client_encoding");
    /** What they do is not in the catalog, and some cannot run in a transaction. */
    private static final Set<String> UPKEEP = Set.of("ReindexStmt", "CheckPointStmt", "DiscardStmt");
    private static final String PATH = "SET LOCAL search_path TO " + Identifier.quote(Catalog.DEFAULT_SCHEMA);

    private final PostgresGrammar grammar;
    private final List<Part> parts = new ArrayList<>();
    private final List<String> settings = new ArrayList<>(List.of(PATH));
    private final List<String> open = new ArrayList<>();
    private SourceStatement first;

    FileScript(PostgresGrammar grammar) {
        this.grammar = grammar;
    }

    /** @return what was left out, and why */
    Optional<String> add(SourceStatement statement) {
        SyntaxNode tree = statement.tree();
        switch (tree.type()) {
            case "TransactionStmt" -> {
                return transaction(tree.string("kind"));
            }
            case "VariableSetStmt" -> {
                return setting(statement, tree);
            }
            case "VacuumStmt" -> {
                if (tree.flag("is_vacuumcmd")) {
                    return Optional.of("VACUUM is left out: autovacuum does it");
                }
                append(statement, statement.text());
            }
            case "IndexStmt", "DropStmt" -> append(statement,
                    tree.flag("concurrent") ? without("CONCURRENTLY", statement) : statement.text());
            case "AlterTableStmt" -> {
                boolean apart = tree.list("cmds").stream().anyMatch(command -> command.get("def").flag("concurrent"));
                run(statement, apart);
            }
            case "DoStmt" -> run(statement, commits(statement));
            case "AlterEnumStmt" -> {
                append(statement, statement.text());
                close(); // a new value may be used only once it is committed
            }
            default -> {
                if (UPKEEP.contains(tree.type())) {
                    return Optional
                            .of(tree.type().replace("Stmt", "").toUpperCase() + " is left out: it leaves no trace");
                }
                append(statement, statement.text());
            }
        }
        return Optional.empty();
    }

    List<Part> parts() {
        close();
        return List.copyOf(parts);
    }

    private Optional<String> transaction(String kind) {
        switch (kind) {
            case "TRANS_STMT_BEGIN", "TRANS_STMT_START" -> {
                return Optional.empty();
            }
            case "TRANS_STMT_COMMIT" -> {
                close();
                return Optional.empty();
            }
            default -> throw new RefusedStatement("transaction-control", "the file rolls back or uses savepoints",
                    "What a file leaves must be all of it.", "Take the statements out that are rolled back.");
        }
    }

    /** A setting lasts until the end of the file, and no longer. */
    private Optional<String> setting(SourceStatement statement, SyntaxNode tree) {
        String name = tree.string("name");
        String kind = tree.string("kind");
        if (OURS.contains(name) || kind.equals("VAR_SET_MULTI") || kind.equals("VAR_RESET_ALL")) {
            return Optional.of(statement.text() + " has no effect: every step has its own transaction and limits");
        }
        String local;
        if (kind.equals("VAR_RESET") || kind.equals("VAR_SET_DEFAULT")) {
            local = name.equals("search_path") ? PATH : "SET LOCAL " + Identifier.quote(name) + " TO DEFAULT";
        } else {
            List<Token> tokens = Tokens.of(statement.text()).list();
            Token second = tokens.get(1);
            int from = second.word("SESSION") || second.word("LOCAL") ? 2 : 1;
            local = "SET LOCAL " + statement.text().substring(tokens.get(from).start());
        }
        settings.add(local);
        if (!open.isEmpty()) {
            open.add(local);
        }
        return Optional.empty();
    }

    private void run(SourceStatement statement, boolean apart) {
        if (!apart) {
            append(statement, statement.text());
            return;
        }
        close();
        List<String> statements = new ArrayList<>(settings.stream()
                .map(setting -> setting.replaceFirst("^SET LOCAL", "SET")).toList());
        statements.add(statement.text());
        parts.add(new Part(statement, statements, false));
    }

    private void append(SourceStatement statement, String sql) {
        if (open.isEmpty()) {
            open.addAll(settings);
            first = statement;
        }
        open.add(sql);
    }

    private void close() {
        if (!open.isEmpty()) {
            parts.add(new Part(first, List.copyOf(open), true));
            open.clear();
        }
    }

    private boolean commits(SourceStatement statement) {
        return grammar.parsePlpgsql(statement.text()) instanceof ParsedRoutines parsed
                && parsed.routines().stream().flatMap(SyntaxNode::typedNodes).anyMatch(
                        node -> node.is("PLpgSQL_stmt_commit") || node.is("PLpgSQL_stmt_rollback"));
    }

    private static String without(String word, SourceStatement statement) {
        Token token = Tokens.of(statement.text()).list().stream().filter(each -> each.word(word)).findFirst()
                .orElseThrow();
        return statement.text().substring(0, token.start()) + statement.text().substring(token.end());
    }
}
