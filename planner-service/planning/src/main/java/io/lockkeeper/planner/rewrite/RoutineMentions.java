package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.stream.Collectors;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Trigger;
import io.lockkeeper.planner.routine.BodyReader;
import io.lockkeeper.planner.routine.BodyReader.Mention;
import io.lockkeeper.planner.statement.RefusedStatement;

/** Bodies of routines are text: PostgreSQL does not know what they use, and they fail only when they are called. */
final class RoutineMentions {

    static final String RULE = "routine-mentions-column";
    static final String BEFORE = "replace it before the contract phase";

    private RoutineMentions() {}

    /** Notes routines that a column goes away from under. */
    static Sequence note(Sequence sequence, Subject subject, Relation table, String column) {
        return note(sequence, reader(subject).ofColumn(table.name(), column), table.name() + "." + column, column,
                BEFORE);
    }

    static Sequence note(Sequence sequence, Subject subject, RelationName relation) {
        return note(sequence, reader(subject).ofRelation(relation), relation.toString(), relation.name(),
                BEFORE);
    }

    /** Notes routines that meet a column under another type. */
    static Sequence noteType(Sequence sequence, Subject subject, Relation table, String column, String type) {
        return note(sequence, reader(subject).ofColumn(table.name(), column), table.name() + "." + column, column,
                "its variables, arguments and results must be able to hold " + type);
    }

    private static Sequence note(Sequence sequence, List<Mention> mentions, String object, String word,
            String advice) {
        Sequence noted = sequence;
        for (Mention mention : mentions) {
            noted = noted.withNote(words(mention, word, object, advice));
        }
        return noted;
    }

    static String words(Mention mention, String word, String object, String advice) {
        return "routine " + mention.routine().identity() + " mentions " + mention.unread()
                .map(why -> word + ", and " + why + ": if it means " + object + ", ").orElse(object + ": ") + advice;
    }

    /** Refuses where a trigger function of the table itself needs the column: then every write would fail. */
    static void refuseInTriggers(Subject subject, Relation table, String column) {
        BodyReader reader = reader(subject);
        List<Mention> mentions = table.triggers().stream().filter(Trigger::enabled)
                .flatMap(trigger -> subject.catalog().routinesNamed(trigger.function()).stream()).distinct()
                .flatMap(routine -> reader.ofColumn(routine, table.name(), column).stream()).toList();
        String object = table.name() + "." + column;
        if (!mentions.isEmpty() && !subject.allows(RULE, object)) {
            throw new RefusedStatement(RULE, mentions.stream().map(mention -> "trigger "
                    + triggers(table, mention.routine()) + " of " + table.name() + " runs "
                    + mention.routine().identity() + ", which " + mention.unread()
                            .map(why -> "mentions " + column + ", and " + why).orElse("mentions " + object))
                    .collect(Collectors.joining("; ")),
                    "Every write to the table would fail once the column is gone.",
                    "Replace the function earlier in the release; or, if it means something else, allow it by an"
                            + " exception " + RULE + " for " + object + ".");
        }
    }

    private static String triggers(Relation table, Routine function) {
        return table.triggers().stream().filter(trigger -> trigger.function().equals(function.name()))
                .map(Trigger::name).collect(Collectors.joining(", "));
    }

    static BodyReader reader(Subject subject) {
        return new BodyReader(subject.catalog(), subject.grammar());
    }
}
