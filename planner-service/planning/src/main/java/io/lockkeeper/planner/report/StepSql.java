package io.lockkeeper.planner.report;

import static io.lockkeeper.messages.Identifier.literal;
import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Watch;

/** A step's action as plain SQL that does the same by hand. */
public final class StepSql {

    /** Rows of a table that a backfill by hand looks at in one transaction: 1,000 blocks are 8 MiB. */
    private static final int BLOCKS = 1000;
    private static final int ROWS = 10_000;

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
            return List.of(changeRows(change));
        }
        if (action instanceof Action.Check check) {
            List<String> statements = new ArrayList<>(List.of("BEGIN TRANSACTION READ ONLY"));
            statements.addAll(check.statements());
            statements.add("COMMIT");
            return statements;
        }
        if (action instanceof Action.AsWritten written) {
            return underTheTeamsPath(written);
        }
        if (action instanceof Action.DetachPartition detach) {
            return List.of("ALTER TABLE " + detach.table().quoted() + " DETACH PARTITION " + detach.partition().quoted()
                    + " CONCURRENTLY");
        }
        if (action instanceof Action.Reindex reindex) {
            return List.of(reindex.index().map(index -> "REINDEX INDEX CONCURRENTLY " + index.quoted())
                    .orElse("REINDEX TABLE CONCURRENTLY " + reindex.table().quoted()));
        }
        if (action instanceof Action.RefreshView refresh) {
            return List.of(refresh(refresh.view().quoted()));
        }
        if (action instanceof Action.CreatePublication publication) {
            return List.of("CREATE PUBLICATION " + quote(publication.publication()) + " FOR TABLE "
                    + publication.tableList());
        }
        if (action instanceof Action.Conclude conclude) {
            return conclude.stream().map(Watch.Stream::publication)
                    .map(name -> "DROP PUBLICATION IF EXISTS " + quote(name)).stream().toList();
        }
        throw new IllegalArgumentException("no SQL is known for " + action.getClass().getSimpleName());
    }

    /** One text, each statement with its semicolon; empty where there is nothing to run. */
    public static String script(List<Action> actions) {
        return actions.stream().flatMap(action -> of(action).stream()).map(StepSql::terminated)
                .collect(Collectors.joining("\n"));
    }

    /** With its semicolon, which a comment in its last line must not swallow. */
    static String terminated(String sql) {
        String stripped = sql.strip();
        boolean comment = stripped.substring(stripped.lastIndexOf('\n') + 1).contains("--");
        return stripped + (comment ? "\n;" : stripped.endsWith(";") ? "" : ";");
    }

    /**
     * Walks the table by its blocks and commits after each range, until a walk finds nothing left: rows that a concurrent
     * update moved past the walk are found by the next one. A DO block may commit because it runs outside a transaction.
     */
    private static String backfill(Action.Backfill backfill) {
        String table = backfill.table().quoted();
        String tag = tag(backfill.differs() + backfill.assignments());
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

    /** CONCURRENTLY asks for a view that is filled already. */
    private static String refresh(String view) {
        return """
                DO %1$s
                BEGIN
                  IF (SELECT relispopulated FROM pg_class WHERE oid = %2$s::regclass) THEN
                    REFRESH MATERIALIZED VIEW CONCURRENTLY %3$s;
                  ELSE
                    REFRESH MATERIALIZED VIEW %3$s;
                  END IF;
                END
                %1$s""".formatted(tag(view), literal(view), view);
    }

    /** Key range by key range up to the last key that is there at the beginning, each range committed by itself. */
    private static String changeRows(Action.ChangeRows change) {
        String alias = quote(change.alias());
        String row = row(change, alias + ".");
        String from = row(change, "lockkeeper_from_");
        String upto = row(change, "lockkeeper_upto_");
        String end = row(change, "lockkeeper_end_");
        String keys = keys(change, alias + ".");
        String rows = change.table().quoted() + " AS " + alias;
        String condition = "(lockkeeper_first OR " + row + " > " + from + ") AND " + row + " <= " + upto;
        return """
                DO %1$s
                DECLARE
                  lockkeeper_first boolean := true;
                %2$s
                BEGIN
                  SELECT %3$s INTO %4$s FROM %5$s ORDER BY %6$s LIMIT 1;
                  WHILE FOUND LOOP
                    SELECT %3$s INTO %7$s FROM %5$s
                    WHERE (lockkeeper_first OR %8$s > %9$s) AND %8$s <= %10$s ORDER BY %3$s OFFSET %11$d LIMIT 1;
                    IF NOT FOUND THEN
                      SELECT %12$s INTO %7$s;
                    END IF;
                    %13$s;
                    COMMIT;
                    SELECT %14$s, false INTO %15$s, lockkeeper_first;
                    EXIT WHEN %16$s = %10$s;
                  END LOOP;
                END
                %1$s""".formatted(tag(change.head() + change.tail()), declarations(change), keys,
                keys(change, "lockkeeper_end_"), rows,
                change.key().stream().map(key -> alias + "." + quote(key.column()) + " DESC")
                        .collect(Collectors.joining(", ")),
                keys(change, "lockkeeper_upto_"), row, from, end, ROWS - 1, keys(change, "lockkeeper_end_"),
                change.where(condition), keys(change, "lockkeeper_upto_"), keys(change, "lockkeeper_from_"), upto);
    }

    private static String declarations(Action.ChangeRows change) {
        return Stream.of("lockkeeper_from_", "lockkeeper_upto_", "lockkeeper_end_")
                .flatMap(prefix -> IntStream.range(0, change.key().size())
                        .mapToObj(i -> "  " + prefix + i + " " + change.key().get(i).type() + ";"))
                .collect(Collectors.joining("\n"));
    }

    /** Columns of the key behind an alias, or the numbered variables that hold one. */
    private static String keys(Action.ChangeRows change, String prefix) {
        return IntStream.range(0, change.key().size())
                .mapToObj(i -> prefix.endsWith(".") ? prefix + quote(change.key().get(i).column()) : prefix + i)
                .collect(Collectors.joining(", "));
    }

    private static String row(Action.ChangeRows change, String prefix) {
        return "ROW(" + keys(change, prefix) + ")";
    }

    /** Their names mean what they mean to the team, not to the script around them. */
    private static List<String> underTheTeamsPath(Action.AsWritten written) {
        List<String> statements = new ArrayList<>();
        statements.add("SET " + (written.transactional() ? "LOCAL " : "") + "search_path TO \"$user\", public");
        statements.addAll(written.statements());
        if (!written.transactional()) {
            statements.add("SET search_path = pg_catalog");
        }
        return statements;
    }

    /** A dollar quote that does not occur in the text. */
    private static String tag(String text) {
        String tag = "$lockkeeper$";
        for (int number = 1; text.contains(tag); number++) {
            tag = "$lockkeeper" + number + "$";
        }
        return tag;
    }
}
