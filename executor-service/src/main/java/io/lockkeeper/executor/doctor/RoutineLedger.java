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
     * @param hash     of the definition that the release left; {@code previousHash} of the one that it found
     * @param acl      as {@code pg_proc} has it; absent: as PostgreSQL gives it to a new routine
     * @param drift    what is otherwise by now; absent: nothing
     */
    public record Recorded(String identity, String release, String run, String step, Optional<String> file, Instant at,
            String hash, Optional<String> previousHash, String owner, Optional<String> acl, Optional<String> drift) {}

    /** @throws io.lockkeeper.target.SqlFailure UNDEFINED_OBJECT where there is no ledger */
    public List<Recorded> compare(Session session) {
        // A routine that a later release takes away is not missed; names of types are looked up as they were printed.
        return session.query("""
                WITH recorded AS (
                  SELECT DISTINCT ON (r.identity) r.*, u.release, u.claimed_at, p.body::jsonb AS plan
                  FROM lockkeeper.routine r JOIN lockkeeper.step s ON s.run = r.run AND s.id = r.step
                  JOIN lockkeeper.run u ON u.id = r.run JOIN lockkeeper.plan p ON p.hash = u.plan_hash
                  WHERE s.state = 'SUCCEEDED' ORDER BY r.identity, r.replaced_at DESC
                ), leaving AS (
                  SELECT u.claimed_at, format('"%s"."%s"(%s)', replace(q -> 'routine' ->> 'schema', '"', '""'),
                    replace(q -> 'routine' ->> 'name', '"', '""'),
                    (SELECT string_agg(type, ', ' ORDER BY place)
                     FROM jsonb_array_elements_text(q -> 'argumentTypes') WITH ORDINALITY AS a(type, place))) AS identity
                  FROM lockkeeper.run u JOIN lockkeeper.plan p ON p.hash = u.plan_hash,
                    jsonb_array_elements(p.body::jsonb -> 'watch' -> 'retiredRoutines') q
                  WHERE u.state NOT IN ('ABORTED', 'REVERTED')
                )
                SELECT r.identity, r.release, r.run, r.step, r.replaced_at, r.definition_before, r.definition_after, r.owner,
                  r.acl, (SELECT t -> 'source' ->> 'path' FROM jsonb_array_elements(r.plan -> 'steps') t
                          WHERE t ->> 'id' = r.step) AS file,
                  CASE WHEN p.oid IS NULL THEN 'it is gone' ELSE nullif(concat_ws(', ',
                    CASE WHEN pg_get_functiondef(p.oid) <> r.definition_after THEN 'another definition' END,
                    CASE WHEN p.proowner::regrole::text <> r.owner THEN 'owner ' || p.proowner::regrole END,
                    CASE WHEN p.proacl::text IS DISTINCT FROM r.acl
                      THEN 'grants ' || coalesce(p.proacl::text, 'of a new routine') END), '') END AS drift
                FROM recorded r LEFT JOIN pg_proc p ON p.oid = to_regprocedure(r.identity)
                WHERE p.oid IS NOT NULL OR NOT EXISTS (SELECT FROM leaving l
                  WHERE l.identity = r.identity AND l.claimed_at >= r.claimed_at)
                ORDER BY r.identity
                """).stream().map(RoutineLedger::recorded).toList();
    }

    private static Recorded recorded(Row row) {
        OffsetDateTime at = row.getOffsetDateTime("replaced_at");
        return new Recorded(row.getString("identity"), row.getString("release"), row.getString("run"),
                row.getString("step"), Optional.ofNullable(row.getString("file")), at.toInstant(),
                Hash.sha256(row.getString("definition_after")),
                Optional.ofNullable(row.getString("definition_before")).map(Hash::sha256), row.getString("owner"),
                Optional.ofNullable(row.getString("acl")), Optional.ofNullable(row.getString("drift")));
    }
}
