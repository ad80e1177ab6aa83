package io.lockkeeper.planner.analysis;

import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.statement.StatementKind;

/** New objects that no table waits for, and that nobody uses yet. */
final class Definitions implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("CreateSchemaStmt", "DefineStmt", "CreateOpClassStmt", "CreateOpFamilyStmt",
                "CreateConversionStmt", "AlterTSDictionaryStmt", "AlterTSConfigurationStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        effects.deploy(DeploymentClass.EXPAND);
        switch (node.type()) {
            case "CreateSchemaStmt" -> {
                if (node.has("schemaname")) {
                    effects.fold(effects.after().withSchema(node.string("schemaname")));
                }
                for (SyntaxNode element : node.list("schemaElts")) {
                    Analyzer.tell(StatementKind.of(element), written.with(element), effects);
                }
            }
            case "AlterTSDictionaryStmt", "AlterTSConfigurationStmt" -> effects.breaks(DeploymentClass.BREAKING,
                    Rule.CHANGE_ROUTINE, "text search finds other things for everybody at once");
            default -> {
                // New, and used by nobody.
            }
        }
    }
}
