package io.lockkeeper.planner.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.statement.SourceStatement;

/** The SQL of actions as PostgreSQL's grammar reads it. All of it is parsed at once: a call costs more than a short text. */
final class StepStatements {

    private final Map<String, List<SourceStatement>> byText = new HashMap<>();

    /** @throws IllegalStateException when the planner's own SQL does not parse */
    StepStatements(PostgresGrammar grammar, Stream<Action> actions) {
        Set<String> texts = new LinkedHashSet<>();
        actions.map(StepStatements::sql).forEach(texts::add);
        String script = String.join("\n", texts);
        if (!(grammar.parse(script) instanceof Parsed read)) {
            throw new IllegalStateException("the planner's own SQL does not parse: " + script);
        }
        int next = 0;
        int end = 0;
        for (String text : texts) {
            end += text.length() + 1;
            List<SourceStatement> own = new ArrayList<>();
            while (next < read.statements().size() && read.statements().get(next).offset() < end) {
                ParsedStatement statement = read.statements().get(next++);
                own.add(new SourceStatement("the plan", statement.index() + 1, statement));
            }
            byText.put(text, own);
        }
    }

    /** @param action one of those that were given */
    List<SourceStatement> of(Action action) {
        return byText.get(sql(action));
    }

    private static String sql(Action action) {
        if (action instanceof Action.RefreshView refresh) {
            // What the step runs in the end: its script looks first whether the view holds anything.
            return "REFRESH MATERIALIZED VIEW CONCURRENTLY " + refresh.view().quoted() + ";";
        }
        return StepSql.script(List.of(action));
    }
}
