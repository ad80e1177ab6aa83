package io.lockkeeper.embedded;

/**
 * How a JVM that runs as root starts PostgreSQL, which refuses root. An ordinary user's JVM starts it as itself and
 * none of these applies.
 */
public enum RootDrop {

    /** The others in their order here: the first that works on this machine. */
    AUTOMATIC,
    /** Another user id by {@code setpriv} (util-linux). */
    SETPRIV,
    /** Another user id by {@code runuser} (util-linux). */
    RUNUSER,
    /** Another user id by {@code su}. */
    SU,
    /** Stay root outside, be nobody inside a user namespace by {@code unshare -U}; many containers deny it. */
    USER_NAMESPACE
}
