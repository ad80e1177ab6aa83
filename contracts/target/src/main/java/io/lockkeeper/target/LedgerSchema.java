package io.lockkeeper.target;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** SQL that more than one service relies on: the ledger's tables, their history, the fingerprint of a relation. */
public final class LedgerSchema {

    /** Creates what is missing of the ledger; a script for {@link Session#execute}. Needs CREATE on the database once. */
    public static final String DDL = resource("ledger.sql") + resource("history.sql");

    /** Of the ledger that {@link #DDL} makes; {@link #PRESENT} says which one is there. */
    public static final String VERSION = Integer.toHexString(DDL.hashCode());

    /** One row with {@code version}: null where there is no ledger or one that says nothing of itself. */
    public static final String PRESENT = """
            SELECT (SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'lockkeeper')
              AS version
            """;

    /** One row, {@code sequence} and {@code finding}, for each place where the history of the ledger does not hold. */
    public static final String VERIFY_AUDIT = resource("verify-audit.sql");

    /**
     * {@code $1} schema, {@code $2} name; one row with {@code fingerprint}, {@code absent} where there is no relation.
     * Comparable only when run under the settings that a {@link Session} starts with.
     */
    public static final String FINGERPRINT = resource("fingerprint.sql");

    private LedgerSchema() {}

    private static String resource(String name) {
        try (InputStream in = LedgerSchema.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + name + " from the class path", e);
        }
    }
}
