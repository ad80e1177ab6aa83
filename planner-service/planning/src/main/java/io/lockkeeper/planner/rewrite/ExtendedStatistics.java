package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Properties;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;

/** CREATE STATISTICS and DROP STATISTICS: SHARE UPDATE EXCLUSIVE for a catalog update. */
final class ExtendedStatistics implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("CreateStatsStmt", "DropStmt OBJECT_STATISTIC_EXT");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        if (subject.node().is("CreateStatsStmt")) {
            return create(subject);
        }
        Sequence sequence = new Sequence(List.of(), List.of(), List.of(), List.of(), subject.catalog());
        for (SyntaxNode object : subject.node().list("objects")) {
            sequence = sequence.then(drop(subject.with(sequence.after()), Subject.name(object.strings("items"))));
        }
        return sequence;
    }

    private static Sequence create(Subject subject) {
        SyntaxNode node = subject.node();
        SyntaxNode from = node.list("relations").get(0);
        if (!from.is("RangeVar")) {
            throw new RefusedStatement("not-a-table", "statistics are of one table, and of nothing else",
                    "PostgreSQL would refuse.", "Name the table after FROM.");
        }
        Relation table = subject.of(Subject.name(from), Relation.Kind.TABLE,
                Relation.Kind.PARTITIONED_TABLE, Relation.Kind.MATERIALIZED_VIEW);
        List<Stage> stages = new ArrayList<>(List.of(Stage.EXPAND));
        for (SyntaxNode element : node.list("exprs")) {
            List<String> columns = element.has("name")
                    ? List.of(element.string("name"))
                    : Expressions.columns(element.get("expr"));
            columns.forEach(column -> stages.add(subject.settled(table, column).shaped()));
        }
        RelationName name = node.has("defnames")
                ? Subject.name(node.strings("defnames"))
                : chosenName(subject.catalog(), table, node);
        if (named(subject.catalog(), name).isPresent()) {
            if (node.flag("if_not_exists")) {
                return Sequence.nothing(subject.catalog(), "statistics " + name + " are there already; they were not"
                        + " compared");
            }
            throw new RefusedStatement("already-exists", "statistics " + name + " exist already", "",
                    "Choose another name.");
        }
        Tokens tokens = subject.text().tokens();
        int at = node.flag("if_not_exists") ? 5 : 2; // CREATE STATISTICS [IF NOT EXISTS] [name]
        int body = node.has("defnames") ? tokens.afterName(at) : at;
        List<Properties.Part> statistics = new ArrayList<>(table.properties().statistics());
        statistics.add(new Properties.Part(name.quoted(), ""));
        return Sequence.of(subject.catalog().with(table.withProperties(table.properties().withStatistics(statistics))),
                Draft.ddl(Stage.latest(stages.toArray(Stage[]::new)), "create-statistics-" + name.name(),
                        "Create statistics " + name,
                        subject.underSearchPath(List.of("CREATE STATISTICS " + name.quoted() + " " + subject.text()
                                .slice(tokens.list().get(body).start(), subject.statement().text().length()))),
                        Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                        .undoneBy("DROP STATISTICS " + name.quoted()))
                .withNote("statistics " + name + " are filled by the next ANALYZE of " + table.name());
    }

    private static Sequence drop(Subject subject, RelationName name) {
        Optional<Relation> table = named(subject.catalog(), name);
        if (table.isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "statistics " + name + " are not there");
        }
        Relation relation = table.orElseThrow(() -> new RefusedStatement("no-such-statistics",
                "statistics " + name + " do not exist", "", "Check the name and its schema."));
        String definition = relation.properties().statistics().stream().filter(part -> same(part, name)).findFirst()
                .orElseThrow().definition();
        if (definition.isEmpty()) {
            throw new RefusedStatement("table-in-change", "statistics " + name + " are created by this very release",
                    "", "Leave out both statements.");
        }
        return Sequence.of(subject.catalog().with(relation.withProperties(relation.properties().withStatistics(
                relation.properties().statistics().stream().filter(part -> !same(part, name)).toList()))),
                Draft.ddl(Stage.EXPAND, "drop-statistics-" + name.name(), "Drop statistics " + name,
                        List.of("DROP STATISTICS " + name.quoted()),
                        Draft.lock(relation.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                        .undoneBy(definition));
    }

    private static Optional<Relation> named(Catalog catalog, RelationName name) {
        return catalog.relations().values().stream()
                .filter(relation -> relation.properties().statistics().stream().anyMatch(part -> same(part, name)))
                .findFirst();
    }

    private static boolean same(Properties.Part part, RelationName name) {
        return part.name().equals(name.quoted());
    }

    private static RelationName chosenName(Catalog catalog, Relation table, SyntaxNode node) {
        List<String> parts = node.list("exprs").stream()
                .map(element -> element.has("name") ? element.string("name") : "expr").toList();
        String wanted = GeneratedName.conventional(table.name().name(), String.join("_", parts), "stat");
        String candidate = wanted;
        for (int number = 1; named(catalog, RelationName.of(table.name().schema(), candidate)).isPresent(); number++) {
            candidate = wanted + number;
        }
        return RelationName.of(table.name().schema(), candidate);
    }
}
