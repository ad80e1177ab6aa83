package io.lockkeeper.planner.rewrite;

import java.util.List;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;

/** A table that this release creates is empty and nobody uses it: what changes it further runs as written. */
final class FreshTable {

    private FreshTable() {}

    static Draft asWritten(Subject subject, Relation table) {
        return ddl(subject, table, subject.asWritten(table));
    }

    static Draft ddl(Subject subject, Relation table, String sql) {
        return Draft.ddl(Stage.EXPAND, "change-" + table.name().name(), "Change the new table " + table.name(),
                subject.underSearchPath(List.of(sql)), Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneByNothing("the table itself is dropped");
    }
}
