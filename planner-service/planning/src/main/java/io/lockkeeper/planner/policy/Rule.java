package io.lockkeeper.planner.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is denied unless a release names an exception or its target allows it; {@code docs/policy.md} has a section each. */
public enum Rule {
    /** COPY … PROGRAM. */
    COPY_PROGRAM(Reach.SERVER, "A program would run on the database server.",
            "Run it where it belongs, and load its result with INSERT."),
    /** COPY with a file, and functions that read or write files of the server. */
    SERVER_FILE(Reach.SERVER, "Files of the database server would be read or written, past all rights.",
            "Write the rows out, or load them by a client."),
    /** Languages and libraries that nothing confines. */
    NATIVE_CODE(Reach.SERVER, "Code that nothing confines would run inside the server.",
            "Use SQL, PL/pgSQL or another trusted language."),
    /** ALTER SYSTEM, databases and tablespaces. */
    ALTER_SYSTEM(Reach.SERVER, "It changes the server for everybody on it.",
            "Change it by the means of whoever operates the server."),
    /** Roles, their members and who one acts as. */
    ROLE_CHANGE(Reach.SERVER, "Roles belong to the whole server, and rights are not a release's business.",
            "Change them by the means of whoever operates the server."),
    /** Sessions to and from elsewhere. */
    REMOTE_ACCESS(Reach.SERVER, "What happens elsewhere is in no transaction, no lock budget and no undo.",
            "Move the data by a tool of its own."),
    /** Functions that end sessions, switch WAL, make slots, write messages into the stream or forget statistics. */
    SERVER_CONTROL(Reach.SERVER, "It ends sessions or changes what the server keeps, counts and sends.",
            "Leave it to whoever operates the server."),
    /** session_replication_role. */
    REPLICATION_ROLE(Reach.SERVER, "Triggers and foreign keys would not be checked, and nobody would notice.",
            "Leave it out; let constraints be validated instead."),
    /** Rows of PostgreSQL's own tables, where they are about this database alone. */
    SYSTEM_CATALOG(Reach.DATABASE, "Nothing checks what is written there, and a wrong row loses tables.",
            "Use the statement that is meant for it."),
    /** CREATE, ALTER, DROP EXTENSION. */
    EXTENSION_CHANGE(Reach.DATABASE, "An extension's script may lock and change anything.",
            "Let whoever operates the database install it, outside of releases."),
    /** SET search_path and what amounts to it. */
    SEARCH_PATH(Reach.DATABASE, "Every name after it could mean another object.",
            "Write schemas before names, and leave the setting out."),
    /** TRUNCATE … CASCADE. */
    TRUNCATE_CASCADE(Reach.DATABASE, "It empties tables that the statement does not name.",
            "Name every table, or delete in batches."),
    /** DROP … CASCADE. */
    DROP_CASCADE(Reach.DATABASE, "It drops objects that the statement does not name.",
            "Drop what depends on it by statements of its own, then leave CASCADE out.");

    private enum Reach {
        /** Whoever shares the server is harmed. */
        SERVER,
        /** Nobody is harmed where nobody uses the database yet. */
        DATABASE
    }

    private final Reach reach;
    private final String hazard;
    private final String advice;

    Rule(Reach reach, String hazard, String advice) {
        this.reach = reach;
        this.hazard = hazard;
        this.advice = advice;
    }

    /** {@code copy-program}: the code of the refusal, and what an exception names. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Does it hold where nobody uses the database yet, and inside the bodies of routines? */
    boolean reachesServer() {
        return reach == Reach.SERVER;
    }

    String hazard() {
        return hazard;
    }

    String advice() {
        return advice;
    }

    public static List<String> ids() {
        return Arrays.stream(values()).map(Rule::id).toList();
    }
}
