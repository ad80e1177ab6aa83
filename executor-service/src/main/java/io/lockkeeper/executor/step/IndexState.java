package io.lockkeeper.executor.step;

import java.util.Optional;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.target.Session;

/** What the catalog says about an index. */
record IndexState(RelationName table, boolean valid, boolean ready) {

    static Optional<IndexState> of(Session session, RelationName index) {
        return session.query("""
                SELECT n.nspname, t.relname, i.indisvalid AND i.indislive AS valid, i.indisready AS ready
                FROM pg_index i
                JOIN pg_class t ON t.oid = i.indrelid
                JOIN pg_namespace n ON n.oid = t.relnamespace
                WHERE i.indexrelid = to_regclass($1::text)
                """, index.quoted()).stream().findFirst()
                .map(row -> new IndexState(RelationName.of(row.getString("nspname"), row.getString("relname")),
                        row.getBoolean("valid"), row.getBoolean("ready")));
    }

    boolean usable() {
        return valid && ready;
    }
}
