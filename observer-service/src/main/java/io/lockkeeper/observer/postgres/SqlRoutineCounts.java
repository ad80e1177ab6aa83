package io.lockkeeper.observer.postgres;

import io.lockkeeper.target.Session;

/** Adds up calls of routines by the hour, in our own schema. */
final class SqlRoutineCounts {

    private SqlRoutineCounts() {}

    static void add(Session session) {
        session.transaction(() -> {
            session.query("""
                    UPDATE lockkeeper_observer.routine_counter SET calls = 0, milliseconds = 0
                    WHERE (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())
                      IS DISTINCT FROM (SELECT stats_reset FROM lockkeeper_observer.routine_look ORDER BY hour DESC LIMIT 1)
                    """);
            // All calls of a routine that was not there are new, and of one whose counter has shrunk; but the very first look
            // knows nothing of the time before. By oid: a routine that is renamed is the same one.
            session.query("""
                    WITH seen AS (
                      SELECT f.funcid, f.funcid::regprocedure::text AS routine, f.calls, f.total_time AS milliseconds,
                        CASE WHEN NOT EXISTS (SELECT FROM lockkeeper_observer.routine_look) THEN 0
                          WHEN c.calls <= f.calls THEN f.calls - c.calls ELSE f.calls END AS more,
                        CASE WHEN c.calls <= f.calls THEN f.total_time - c.milliseconds ELSE f.total_time END AS took
                      FROM pg_stat_user_functions f LEFT JOIN lockkeeper_observer.routine_counter c USING (funcid)
                    ), counted AS (
                      INSERT INTO lockkeeper_observer.routine_counter AS c (funcid, routine, calls, milliseconds)
                      SELECT funcid, routine, calls, milliseconds FROM seen
                      ON CONFLICT (funcid) DO UPDATE
                      SET routine = excluded.routine, calls = excluded.calls, milliseconds = excluded.milliseconds
                      WHERE (c.routine, c.calls) <> (excluded.routine, excluded.calls)
                    )
                    INSERT INTO lockkeeper_observer.routine_calls AS c (routine, hour, calls, milliseconds)
                    SELECT routine, date_trunc('hour', now()), sum(more), sum(took) FROM seen WHERE more > 0 GROUP BY routine
                    ON CONFLICT (routine, hour) DO UPDATE
                    SET calls = c.calls + excluded.calls, milliseconds = c.milliseconds + excluded.milliseconds
                    """);
            session.query("""
                    INSERT INTO lockkeeper_observer.routine_look (hour, stats_reset)
                    SELECT date_trunc('hour', now()), stats_reset FROM pg_stat_database WHERE datname = current_database()
                    ON CONFLICT (hour) DO UPDATE SET stats_reset = excluded.stats_reset
                    """);
            session.query("DELETE FROM lockkeeper_observer.routine_calls WHERE hour < now() - interval '8 days'");
            session.query("DELETE FROM lockkeeper_observer.routine_look WHERE hour < now() - interval '8 days'");
            session.query("""
                    DELETE FROM lockkeeper_observer.routine_counter c
                    WHERE NOT EXISTS (SELECT FROM pg_proc p WHERE p.oid = c.funcid)""");
            return null;
        });
    }
}
