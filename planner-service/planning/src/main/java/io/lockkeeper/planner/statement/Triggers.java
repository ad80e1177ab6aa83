package io.lockkeeper.planner.statement;

import java.util.Optional;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Trigger;

/** What CREATE TRIGGER makes. */
public final class Triggers {

    /** Bits of {@code pg_trigger.tgtype}, which the grammar uses too. */
    private static final int BEFORE = 2;
    private static final int UPDATE = 16;

    private Triggers() {}

    /** @param since the stage in which the release makes it, where that matters */
    public static Trigger of(SyntaxNode node, Optional<Stage> since) {
        return new Trigger(node.string("trigname"), (node.integer("timing") & BEFORE) != 0, node.flag("row"),
                (node.integer("events") & UPDATE) != 0, Trigger.Firing.ORIGIN, Names.of(node.strings("funcname")),
                Optional.empty(), since);
    }
}
