package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * SET and RESET of storage parameters (fillfactor, autovacuum_…): SHARE UPDATE EXCLUSIVE, for what is written from now on.
 */
final class StorageParameters implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_SetRelOptions", "AT_ResetRelOptions");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.of(Subject.name(subject.statement().tree().get("relation")), Relation.Kind.TABLE,
                Relation.Kind.MATERIALIZED_VIEW);
        boolean set = subject.node().string("subtype").equals("AT_SetRelOptions");
        List<String> options = new ArrayList<>(table.properties().options());
        List<String> setAgain = new ArrayList<>();
        List<String> reset = new ArrayList<>();
        for (SyntaxNode option : subject.node().get("def").items()) {
            String name = (option.has("defnamespace") ? option.string("defnamespace") + "." : "")
                    + option.string("defname");
            if (name.equals("user_catalog_table")) {
                throw new RefusedStatement("unsupported-statement", "user_catalog_table cannot be changed here",
                        "It takes ACCESS EXCLUSIVE, and changes what logical decoding keeps.",
                        "Change it by the means of whoever operates the database.");
            }
            Optional<String> before = options.stream().filter(own -> own.startsWith(name + "=")).findFirst();
            before.ifPresentOrElse(
                    own -> setAgain.add(name + " = " + Identifier.literal(own.substring(name.length() + 1))),
                    () -> reset.add(name));
            before.ifPresent(options::remove);
            if (set) {
                options.add(name + "=");
            }
        }
        String alter = "ALTER " + (table.kind() == Relation.Kind.TABLE ? "TABLE " : "MATERIALIZED VIEW ")
                + table.name().quoted() + " ";
        List<String> undo = new ArrayList<>();
        if (!setAgain.isEmpty()) {
            undo.add(alter + "SET (" + String.join(", ", setAgain) + ")");
        }
        if (!reset.isEmpty()) {
            undo.add(alter + "RESET (" + String.join(", ", reset) + ")");
        }
        return Sequence.of(
                subject.catalog().with(table.withProperties(table.properties().withOptions(options))),
                Draft.ddl(Stage.EXPAND, "storage-" + table.name().name(),
                        "Change storage parameters of " + table.name(),
                        List.of(alter + subject.text().slice(subject.clause())),
                        Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                        .undoneBy(undo.toArray(String[]::new)));
    }
}
