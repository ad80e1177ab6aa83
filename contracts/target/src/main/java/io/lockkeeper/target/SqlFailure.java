package io.lockkeeper.target;

/**
 * A statement failed. The message is the server's primary message only: its detail and its context may hold row data.
 */
public class SqlFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String sqlState;

    public SqlFailure(String sqlState, String message, Throwable cause) {
        super(message, cause);
        this.sqlState = sqlState;
    }

    /** Five characters; {@code 08006} also where the connection broke without a word from the server. */
    public String sqlState() {
        return sqlState;
    }

    public SqlState state() {
        return SqlState.of(sqlState, getMessage());
    }
}
