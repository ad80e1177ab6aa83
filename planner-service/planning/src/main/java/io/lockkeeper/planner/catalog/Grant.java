package io.lockkeeper.planner.catalog;

/**
 * A privilege on a table or column that somebody other than the owner holds.
 *
 * @param grantee quoted, or {@code PUBLIC}: ready for SQL
 */
public record Grant(String privilege, String grantee, boolean grantable) {

    public String suffix() {
        return " TO " + grantee + (grantable ? " WITH GRANT OPTION" : "");
    }
}
