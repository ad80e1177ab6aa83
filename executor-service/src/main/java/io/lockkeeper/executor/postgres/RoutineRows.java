package io.lockkeeper.executor.postgres;

import java.util.Optional;
import java.util.function.Function;

import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.executor.step.RoutineStanding;
import io.lockkeeper.messages.RoutineIdentity;
import io.lockkeeper.target.Session;

/** {@code lockkeeper.routine}: what routines were before a step and after it. */
final class RoutineRows {

    private RoutineRows() {}

    static void keep(Session session, Assignment work, RoutineIdentity routine, Optional<RoutineStanding> before,
            Optional<RoutineStanding> after) {
        session.query("""
                INSERT INTO lockkeeper.routine (run, step, identity, definition_before, owner_before, acl_before,
                  comment_before, definition_after, owner, acl, comment)
                VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text,
                  $10::text, $11::text)
                -- A step that was taken back and done again: the last time counts.
                ON CONFLICT (run, step, identity) DO UPDATE
                SET definition_before = excluded.definition_before, owner_before = excluded.owner_before,
                  acl_before = excluded.acl_before, comment_before = excluded.comment_before,
                  definition_after = excluded.definition_after, owner = excluded.owner, acl = excluded.acl,
                  comment = excluded.comment, replaced_at = now()
                """, work.run().id(), work.step().id(), routine.quoted(),
                value(before, RoutineStanding::definition), value(before, RoutineStanding::owner),
                value(before.flatMap(RoutineStanding::acl), acl -> acl),
                value(before.flatMap(RoutineStanding::comment), comment -> comment),
                value(after, RoutineStanding::definition), value(after, RoutineStanding::owner),
                value(after.flatMap(RoutineStanding::acl), acl -> acl),
                value(after.flatMap(RoutineStanding::comment), comment -> comment));
    }

    private static <T> String value(Optional<T> of, Function<T, String> part) {
        return of.map(part).orElse(null);
    }

    static Optional<String> before(Session session, Assignment work) {
        return session.query("""
                SELECT definition_before FROM lockkeeper.routine WHERE run = $1::text AND step = $2::text
                """, work.run().id(), work.step().id()).stream().findFirst()
                .map(row -> row.getString("definition_before"));
    }
}
