package io.lockkeeper.executor.postgres;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.executor.backfill.BlockRange;
import io.lockkeeper.executor.backfill.CursorLedger;
import io.lockkeeper.executor.backfill.KeyCursor;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.target.Session;

/** {@code lockkeeper.cursor} and {@code lockkeeper.key_cursor}. */
public final class PostgresCursorLedger implements CursorLedger {

    @Override
    public List<BlockRange> ranges(Tenure tenure, Assignment work) {
        return tenure.ledger().query("""
                SELECT range, pass, first_block, end_block, next_block, rows, pass_rows, filenode::bigint AS file_node
                FROM lockkeeper.cursor WHERE run = $1::text AND step = $2::text ORDER BY range
                """, work.run().id(), work.step().id()).stream()
                .map(row -> new BlockRange(row.getInteger("range"), row.getInteger("pass"), row.getLong("first_block"),
                        row.getLong("end_block"), row.getLong("next_block"), row.getLong("rows"),
                        row.getLong("pass_rows"), row.getLong("file_node")))
                .toList();
    }

    @Override
    public void replace(Tenure tenure, Assignment work, List<BlockRange> ranges) {
        Session session = tenure.ledger();
        Fence.transaction(tenure, work.run(), state -> {
            session.query("DELETE FROM lockkeeper.cursor WHERE run = $1::text AND step = $2::text", work.run().id(),
                    work.step().id());
            for (BlockRange range : ranges) {
                session.query("""
                        INSERT INTO lockkeeper.cursor
                          (run, step, range, pass, first_block, end_block, next_block, rows, pass_rows, filenode)
                        VALUES ($1::text, $2::text, $3::int, $4::int, $5::bigint, $6::bigint, $7::bigint, $8::bigint,
                          $9::bigint, $10::bigint::oid)
                        """, work.run().id(), work.step().id(), range.number(), range.pass(), range.first(),
                        range.end(), range.next(), range.rows(), range.passRows(), range.fileNode());
            }
            return null;
        });
    }

    @Override
    public void advanceWithin(Session session, Assignment work, BlockRange range) {
        session.query("""
                UPDATE lockkeeper.cursor
                SET next_block = $4::bigint, rows = $5::bigint, pass_rows = $6::bigint, updated_at = clock_timestamp()
                WHERE run = $1::text AND step = $2::text AND range = $3::int
                """, work.run().id(), work.step().id(), range.number(), range.next(), range.rows(),
                range.passRows());
    }

    @Override
    public Optional<KeyCursor> keyCursor(Tenure tenure, Assignment work) {
        return tenure.ledger().query("""
                SELECT last_key, end_key, scanned, rows FROM lockkeeper.key_cursor
                WHERE run = $1::text AND step = $2::text
                """, work.run().id(), work.step().id()).stream().findFirst()
                .map(row -> new KeyCursor(Optional.ofNullable(row.getArrayOfStrings("last_key")).map(List::of),
                        List.of(row.getArrayOfStrings("end_key")), row.getLong("scanned"), row.getLong("rows")));
    }

    @Override
    public void begin(Tenure tenure, Assignment work, KeyCursor cursor) {
        Fence.transaction(tenure, work.run(), state -> tenure.ledger().query("""
                INSERT INTO lockkeeper.key_cursor (run, step, end_key) VALUES ($1::text, $2::text, $3::text[])
                """, work.run().id(), work.step().id(), cursor.end().toArray(String[]::new)));
    }

    @Override
    public void advanceWithin(Session session, Assignment work, KeyCursor cursor) {
        session.query("""
                UPDATE lockkeeper.key_cursor
                SET last_key = $3::text[], scanned = $4::bigint, rows = $5::bigint, updated_at = clock_timestamp()
                WHERE run = $1::text AND step = $2::text
                """, work.run().id(), work.step().id(), cursor.last().orElseThrow().toArray(String[]::new),
                cursor.scanned(), cursor.rows());
    }

    @Override
    public String fence(Tenure tenure, Assignment work) {
        return "SELECT epoch FROM lockkeeper.target WHERE name = " + Identifier.literal(tenure.target().name())
                + " AND epoch = " + tenure.epoch() + " FOR SHARE";
    }
}
