package io.lockkeeper.executor.doctor;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Hash;
import io.lockkeeper.target.Session;

/** The routines that releases have made or replaced, as the ledger keeps them, held against the live catalog. */
public final class RoutineLedger {

    /**
     * The last record of a routine that was not taken back.
     *
     * @param identity quoted and qualified, with input types
     * @param file     migration file that the step came from
     * @param hash     of the definition that the release left, absent where it took the routine away; {@code previousHash} of
     *                 the one that it found
     * @param acl      as {@code pg_proc} has it; absent: as PostgreSQL gives it to a new routine
     * @param notes    what the plan says of it
     * @param drift    what is otherwise by now; absent: nothing
     */
    public record Recorded(String identity, String release, String run, String step, Optional<String> file, Instant at,
            Optional<String> hash, Optional<String> previousHash, Optional<String> owner, Optional<String> acl,
            Optional<String> comment, List<String> notes, Optional<String> drift) {}

    /** @throws io.lockkeeper.target.SqlFailure UNDEFINED_OBJECT where there is no ledger */
    public List<Recorded> compare(Session session) {
        // Names of types are looked up as they were printed.
        return session.query("""
                WITH recorded AS (
                  SELECT DISTINCT ON (r.identity) r.*, u.release, p.body::jsonb AS plan
                  FROM lockkeeper.routine r JOIN lockkeeper.step s ON s.run = r.run AND s.id = r.step
                  JOIN lockkeeper.run u ON u.id = r.run JOIN lockkeeper.plan p ON p.hash = u.plan_hash
                  WHERE s.state = 'SUCCEEDED' ORDER BY r.identity, r.replaced_at DESC
                )
                SELECT r.identity, r.release, r.run, r.step, r.replaced_at, r.definition_before, r.definition_after, r.owner,
                  r.acl, r.comment, (SELECT t -> 'source' ->> 'path' FROM jsonb_array_elements(r.plan -> 'steps') t
                          WHERE t ->> 'id' = r.step) AS file,
                  ARRAY(SELECT note FROM jsonb_array_elements_text(r.plan -> 'notes') note
                        WHERE strpos(note, replace(r.identity, '"', '')) > 0) AS notes,
                  CASE WHEN r.definition_after IS NULL THEN CASE WHEN p.oid IS NOT NULL THEN 'it is there again' END
                    WHEN p.oid IS NULL THEN 'it is gone'
                    ELSE nullif(concat_ws(', ',
                      CASE WHEN lockkeeper.routine_definition(p.oid) <> r.definition_after THEN 'another definition' END,
                      CASE WHEN p.proowner::regrole::text <> r.owner THEN 'owner ' || p.proowner::regrole END,
                      CASE WHEN p.proacl::text IS DISTINCT FROM r.acl
                        THEN 'grants ' || coalesce(p.proacl::text, 'of a new routine') END,
                      CASE WHEN obj_description(p.oid, 'pg_proc') IS DISTINCT FROM r.comment THEN 'another comment' END),
                      '') END AS drift
                FROM recorded r LEFT JOIN pg_proc p ON p.oid = to_regprocedure(r.identity)
                WHERE p.oid IS NOT NULL OR r.definition_after IS NOT NULL
                ORDER BY r.identity
                """).stream().map(RoutineLedger::recorded).toList();
    }

    private static Recorded recorded(Row row) {
        OffsetDateTime at = row.getOffsetDateTime("replaced_at");
        return new Recorded(row.getString("identity"), row.getString("release"), row.getString("run"),
                row.getString("step"), text(row, "file"), at.toInstant(),
                text(row, "definition_after").map(Hash::sha256),
                text(row, "definition_before").map(Hash::sha256), text(row, "owner"), text(row, "acl"),
                text(row, "comment"), List.of(row.getArrayOfStrings("notes")), text(row, "drift"));
    }

    private static Optional<String> text(Row row, String column) {
        return Optional.ofNullable(row.getString(column));
    }
}
