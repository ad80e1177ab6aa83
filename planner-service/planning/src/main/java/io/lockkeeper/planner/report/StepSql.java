package io.lockkeeper.planner.report;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Watch;

/** A step's action as plain SQL that does the same by hand. */
public final class StepSql {

    /** Rows of a table that a backfill by hand looks at in one transaction: 1,000 blocks are 8 MiB. */
    private static final int BLOCKS = 1000;

    private StepSql() {}

    /** Statements in running order, without semicolons; those of a transactional action belong into one transaction. */
    public static List<String> of(Action action) {
        if (action instanceof Action.Ddl ddl) {
            return ddl.statements();
        }
        if (action instanceof Action.ReplaceRoutine replace) {
            return List.of(replace.sql());
        }
        if (action instanceof Action.CreateIndex create) {
            return List.of(create.sql());
        }
        if (action instanceof Action.DropIndex drop) {
            return List.of("DROP INDEX CONCURRENTLY IF EXISTS " + drop.index().quoted());
        }
        if (action instanceof Action.ValidateConstraint validate) {
            return List.of("ALTER TABLE " + validate.table().quoted() + " VALIDATE CONSTRAINT "
                    + quote(validate.constraint()));
        }
        if (action instanceof Action.Backfill backfill) {
            return List.of(backfill(backfill));
        }
        if (action instanceof Action.ChangeRows change) {
            return List.of(change.where("true"));
        }
        if (action instanceof Action.Check check) {
            List<String> statements = new ArrayList<>(List.of("BEGIN TRANSACTION READ ONLY"));
            statements.addAll(check.statements());
            statements.add("COMMIT");
            return statements;
        }
        if (action instanceof Action.AsWritten written) {
            return written.statements();
        }
        if (action instanceof Action.CreatePublication publication) {
            return List.of("CREATE PUBLICATION " + quote(publication.publication()) + " FOR TABLE "
                    + publication.tables().stream().map(RelationName::quoted).collect(Collectors.joining(", ")));
        }
        if (action instanceof Action.Conclude conclude) {
            return conclude.stream().map(Watch.Stream::publication)
                    .map(name -> "DROP PUBLICATION IF EXISTS " + quote(name)).stream().toList();
        }
        throw new IllegalArgumentException("no SQL is known for " + action.getClass().getSimpleName());
    }

    /** One text, each statement with its semicolon; empty where there is nothing to run. */
    public static String script(List<Action> actions) {
        return actions.stream().flatMap(action -> of(action).stream()).map(sql -> sql + ";")
                .collect(Collectors.joining("\n"));
    }

    /**
     * Walks the table by its blocks and commits after each range, until a walk finds nothing left: rows that a concurrent
     * update moved past the walk are found by the next one. A DO block may commit because it runs outside a transaction.
     */
    private static String backfill(Action.Backfill backfill) {
        String table = backfill.table().quoted();
        String tag = "$backfill$";
        for (int number = 1; (backfill.differs() + backfill.assignments()).contains(tag); number++) {
            tag = "$backfill" + number + "$";
        }
        return """
                DO %1$s
                DECLARE
                  first bigint;
                  blocks bigint;
                  changed bigint;
                  changed_by_walk bigint := 1;
                BEGIN
                  WHILE changed_by_walk > 0 LOOP
                    changed_by_walk := 0;
                    first := 0;
                    LOOP
                      -- Of the largest partition, where the table has some.
                      blocks := greatest(pg_relation_size(%2$s),
                          (SELECT max(pg_relation_size(relid)) FROM pg_partition_tree(%2$s)))
                        / current_setting('block_size')::bigint;
                      EXIT WHEN first > blocks;
                      UPDATE %3$s SET %4$s
                      WHERE ctid >= format('(%%s,0)', first)::tid AND ctid < format('(%%s,0)', first + %5$d)::tid
                        AND (%6$s);
                      GET DIAGNOSTICS changed = ROW_COUNT;
                      changed_by_walk := changed_by_walk + changed;
                      COMMIT;
                      first := first + %5$d;
                    END LOOP;
                  END LOOP;
                END
                %1$s""".formatted(tag, "'" + table.replace("'", "''") + "'", table,
                backfill.assignments().stream().map(one -> quote(one.column()) + " = " + one.expression())
                        .collect(Collectors.joining(", ")),
                BLOCKS, backfill.differs());
    }
}
