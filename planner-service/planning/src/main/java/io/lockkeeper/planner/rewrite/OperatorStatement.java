package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.StatementKind;

/** Extensions and roles, where the policy lets them through: they lock no table that is in use, and run as written. */
final class OperatorStatement implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("CreateExtensionStmt", "AlterExtensionStmt", "CreateRoleStmt", "AlterRoleStmt", "GrantRoleStmt",
                "DropRoleStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        return Sequence.of(subject.catalog(), Draft.of(Stage.EXPAND, "run-as-written",
                StatementKind.words(subject.node().type()) + " as written",
                new Action.Ddl(List.of("SET LOCAL search_path TO " + Identifier.quote(Catalog.DEFAULT_SCHEMA),
                        subject.statement().text())))
                .undone(false, "it is not taken back: others may use it by now"))
                .withNote("what " + StatementKind.words(subject.node().type())
                        + " brings is not known to later statements of this release");
    }
}
