package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** What a statement does that runs code cannot be known from its text: it is refused, or somebody answers for it by name. */
final class OpaqueStatement {

    static final String RULE = "opaque-statement";

    private OpaqueStatement() {}

    /** {@code V7__repair.sql#2}: a block without a name is known by its place, and a file does not change. */
    static String place(Subject subject) {
        return subject.statement().path() + "#" + subject.statement().number();
    }

    /**
     * @param what   for people: {@code DO block}
     * @param object what an exception must name
     */
    static Sequence run(Subject subject, String what, String object, String hazard) {
        if (!subject.allows(RULE, object)) {
            throw new RefusedStatement(RULE, what + " " + object + " does more than read", hazard,
                    "Write its statements out as plain SQL; or, if somebody answers for its locks and its repetition,"
                            + " allow it by an exception " + RULE + " for " + object + ".");
        }
        Draft draft = Draft.of(Stage.MIGRATE, "run-as-written", "Run the " + what + " " + object + " as written",
                new Action.Ddl(underTeamsPath(subject.statement().text())))
                .undone(false, "what it has done stays");
        return Sequence.of(subject.catalog(), draft).withNote("the " + what + " " + object
                + " runs as written, by exception: its locks are not known, and what it leaves is not in the catalog that"
                + " later statements were planned on");
    }

    /** A statement that reads and raises, in a read-only transaction. */
    static Draft check(Subject subject, String what) {
        return new Draft(Stage.MIGRATE, "check", "Run the " + what + " as a check, read-only",
                new Action.Check(underTeamsPath(subject.statement().text())), List.of(), Optional.empty(),
                Optional.empty()).undoneByNothing("a check changes nothing");
    }

    private static List<String> underTeamsPath(String statement) {
        return List.of("SET LOCAL search_path TO " + Identifier.quote(Catalog.DEFAULT_SCHEMA), statement);
    }
}
