package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/**
 * ALTER SEQUENCE: SHARE ROW EXCLUSIVE on the sequence, which {@code nextval} waits for, for a catalog update. RESTART sets
 * the counter back for everybody and is refused.
 */
final class AlterSequence implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AlterSeqStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        RelationName name = Subject.name(node.get("sequence"));
        if (node.flag("missing_ok") && subject.catalog().relation(name).isEmpty()) {
            return Sequence.nothing(subject.catalog(), "sequence " + name + " is not there");
        }
        Relation sequence = subject.of(name, Relation.Kind.SEQUENCE);
        List<SyntaxNode> options = node.list("options");
        if (options.stream().anyMatch(option -> option.string("defname").equals("restart"))) {
            throw new RefusedStatement("sequence-restart", "ALTER SEQUENCE " + name + " RESTART is not supported",
                    "Numbers that are in use could come again, and the counter cannot be set back by an undo.",
                    "Leave it out; where a sequence lags behind its column, set it by hand with the writers stopped.");
        }
        Catalog after = subject.catalog();
        Optional<SyntaxNode> owner = options.stream().filter(option -> option.string("defname").equals("owned_by"))
                .findFirst();
        List<String> undo = new ArrayList<>();
        String alter = "ALTER SEQUENCE " + name.quoted() + " ";
        sequence.properties().definition().filter(ignored -> options.size() > (owner.isPresent() ? 1 : 0))
                .ifPresent(before -> undo.add(alter + before));
        if (owner.isPresent()) {
            undo.add(alter + "OWNED BY " + owner(subject.catalog(), name));
            after = owned(subject, after, name, owner.get().get("arg").strings("items"));
        }
        Tokens tokens = subject.text().tokens();
        int body = tokens.afterName(tokens.indexAt(node.get("sequence").location().orElseThrow()));
        Draft draft = Draft.ddl(Stage.EXPAND, "alter-sequence-" + name.name(), "Change sequence " + name,
                List.of(alter + text(subject, owner, body)), Draft.lock(name, LockMode.SHARE_ROW_EXCLUSIVE));
        return Sequence.of(after, sequence.created()
                ? draft.undoneByNothing("the sequence itself is dropped")
                : draft.undone(true, "fails where the counter has left the old bounds",
                        new Action.Ddl(undo)));
    }

    /** OWNED BY table.column: the parser does not tell where the name stands. */
    private static String text(Subject subject, Optional<SyntaxNode> owner, int body) {
        Tokens tokens = subject.text().tokens();
        if (owner.isPresent() && owner.get().get("arg").strings("items").size() == 2) {
            int at = tokens.find("OWNED", body).orElseThrow() + 2;
            subject.text().qualifyAt(at);
        }
        return subject.text().slice(tokens.list().get(body).start(), subject.statement().text().length());
    }

    private static String owner(Catalog catalog, RelationName sequence) {
        for (Relation relation : catalog.relations().values()) {
            for (Column column : relation.columns()) {
                if (column.ownedSequence().filter(sequence::equals).isPresent()) {
                    return relation.name().quoted() + "." + quote(column.name());
                }
            }
        }
        return "NONE";
    }

    private static Catalog owned(Subject subject, Catalog catalog, RelationName sequence, List<String> owner) {
        Catalog after = catalog;
        for (Relation relation : catalog.relations().values()) {
            for (Column column : relation.columns()) {
                if (column.ownedSequence().filter(sequence::equals).isPresent()) {
                    after = after.with(relation.changeColumn(column.name(), c -> c.owning(Optional.empty())));
                }
            }
        }
        if (owner.size() == 1) {
            return after; // OWNED BY NONE
        }
        Relation table = subject.with(after).table(Subject.name(owner.subList(0, owner.size() - 1)));
        String column = owner.get(owner.size() - 1);
        subject.column(table, column);
        return after.with(table.changeColumn(column, c -> c.owning(Optional.of(sequence))));
    }
}
