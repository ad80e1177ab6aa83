package io.lockkeeper.observer.invariant;

import java.util.Map;
import java.util.Set;

/** Port: the language of row rules. */
public interface RuleLanguage {

    /** @throws Rejected where the text is no rule */
    Rule compile(String text);

    /** Safe from any thread. */
    interface Rule {

        /** Does it speak of the row as it was, or of what was done to it? Else it says nothing about a deleted row. */
        boolean knowsMoreThanAfter();

        Outcome of(RowChange change);
    }

    sealed interface Outcome {}

    record Holds() implements Outcome {}

    record Violated() implements Outcome {}

    /** @param why without row data */
    record Unknown(String why) implements Outcome {}

    /** @param operation insert, update or delete */
    record RowChange(String operation, Image before, Image after) {}

    /** A row as the change stream shows it. */
    sealed interface Image {}

    /** There is none: before an insert, after a delete. */
    record Absent() implements Image {}

    /** There is one, and the stream does not bring it. */
    record Unseen() implements Image {}

    /**
     * @param values numbers, strings, booleans, lists, or null
     * @param unseen columns whose value the stream did not bring, or cannot say
     */
    record Seen(Map<String, Object> values, Set<String> unseen) implements Image {}

    final class Rejected extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public Rejected(String message) {
            super(message);
        }
    }
}
