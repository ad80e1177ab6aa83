package io.lockkeeper.planner.statement;

import java.util.Locale;

import io.lockkeeper.grammar.SyntaxNode;

/** Names kinds of statement as the parser tells them: {@code IndexStmt}, {@code AT_AddConstraint CONSTR_CHECK}. */
public final class StatementKind {

    private StatementKind() {}

    public static String of(SyntaxNode statement) {
        return switch (statement.type()) {
            case "RenameStmt" -> "RenameStmt " + statement.string("renameType");
            case "DropStmt" -> "DropStmt " + statement.string("removeType");
            case "AlterTableStmt" -> "AlterTableStmt " + statement.string("objtype");
            case "TransactionStmt" -> "TransactionStmt " + statement.string("kind");
            default -> statement.type();
        };
    }

    public static String ofSubcommand(SyntaxNode command) {
        String subtype = command.string("subtype");
        return subtype.equals("AT_AddConstraint") ? subtype + " " + command.get("def").string("contype") : subtype;
    }

    /** For messages: {@code ALTER TABLE … DISABLE TRIGGER}. */
    public static String words(String kind) {
        String spaced = kind.replaceFirst("Stmt$", "").replaceFirst("Stmt ", " ")
                .replace("AT_", "ALTER TABLE ").replace("Trig", "Trigger").replace("MatView", "MaterializedView")
                .replace("TableSpace", "Tablespace").replace("UnLogged", "Unlogged")
                .replace("AlterObjectSchema", "SET SCHEMA")
                .replace("OBJECT_", "").replace("CONSTR_", "").replace("TRANS_STMT_", "")
                .replace('_', ' ');
        return spaced.replaceAll("([a-z])([A-Z])", "$1 $2").toUpperCase(Locale.ROOT);
    }
}
