package io.lockkeeper.observer.postgres;

import io.lockkeeper.messages.RelationName;

/** What the WAL says of a row as it was. */
public final class SqlReplicaIdentity {

    private final TargetConnection connection;

    public SqlReplicaIdentity(TargetConnection connection) {
        this.connection = connection;
    }

    /** Does the WAL hold the whole row as it was, not its key alone? */
    public boolean full(RelationName relation) {
        return !connection.session().query("""
                SELECT 1 FROM pg_class WHERE oid = to_regclass($1) AND relreplident = 'f'""", relation.quoted())
                .isEmpty();
    }
}
