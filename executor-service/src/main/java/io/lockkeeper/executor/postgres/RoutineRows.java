package io.lockkeeper.executor.postgres;

import java.util.Optional;

import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.target.Session;

/** {@code lockkeeper.routine}: definitions before and after. */
final class RoutineRows {

    private RoutineRows() {}

    static void keep(Session session, Assignment work, String identity, Optional<String> before, String after,
            String owner, Optional<String> acl) {
        session.query("""
                INSERT INTO lockkeeper.routine (run, step, identity, definition_before, definition_after, owner, acl)
                VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text)
                ON CONFLICT (run, step, identity) DO UPDATE
                SET definition_after = excluded.definition_after, replaced_at = now()
                """, work.run().id(), work.step().id(), identity, before.orElse(null), after, owner,
                acl.orElse(null));
    }

    static Optional<String> before(Session session, Assignment work) {
        return session.query("""
                SELECT definition_before FROM lockkeeper.routine WHERE run = $1::text AND step = $2::text
                """, work.run().id(), work.step().id()).stream().findFirst()
                .map(row -> row.getString("definition_before"));
    }
}
