package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Token;
import io.lockkeeper.planner.statement.Tokens;

/** CREATE INDEX as CREATE INDEX CONCURRENTLY; as written it closes the table to writers (SHARE) for the whole build. */
final class CreateIndex implements Rewrite {

    /** CREATE INDEX CONCURRENTLY of 14.0 to 14.3 can leave rows out of the index. */
    private static final int FIRST_SOUND_14 = 140004;

    @Override
    public Set<String> takes() {
        return Set.of("IndexStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        Relation table = subject.of(Subject.name(node.get("relation")), Relation.Kind.TABLE,
                Relation.Kind.PARTITIONED_TABLE, Relation.Kind.MATERIALIZED_VIEW);
        qualifyOperatorClasses(subject, node);
        String name = node.has("idxname") ? node.string("idxname") : chosenName(subject, table, node);
        RelationName index = RelationName.of(table.name().schema(), name);
        Optional<Index> existing = table.index(name);
        if (node.flag("if_not_exists") && existing.isPresent() && existing.get().valid()) {
            return Sequence.nothing(subject.catalog(), "index " + index + " is there already; it was not compared");
        }
        if (subject.catalog().taken(index)) {
            throw new RefusedStatement("already-exists", "the name " + index + " is in use", "",
                    existing.filter(i -> !i.valid()).isPresent()
                            ? "It is an invalid index, left behind by an earlier attempt: drop it first."
                            : "Choose another name.");
        }
        return create(subject, table, node, index);
    }

    private static Sequence create(Subject subject, Relation table, SyntaxNode node, RelationName index) {
        Tokens tokens = subject.text().tokens();
        int afterTable = tokens.afterName(tokens.indexAt(node.get("relation").location().orElseThrow()));
        String body = subject.text().slice(tokens.list().get(afterTable).start(), subject.statement().text().length());
        boolean unique = node.flag("unique");
        boolean computed = node.has("whereClause")
                || node.list("indexParams").stream().anyMatch(element -> element.has("expr"));
        Set<String> mentions = mentions(node);
        List<Stage> stages = new ArrayList<>(List.of(Stage.EXPAND));
        if (unique && !table.created()) {
            stages.add(subject.release().tighten());
        }
        for (String column : mentions) {
            subject.settled(table, column).filled().ifPresent(stages::add);
        }
        Stage stage = Stage.latest(stages.toArray(Stage[]::new));
        String head = unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
        List<String> keys = node.list("indexParams").stream().map(element -> element.string("name")).toList();
        String definition = head + quote(index.name()) + " ON " + table.name().quoted() + " " + body;
        Catalog after = subject.catalog().with(table.withIndex(new Index(index.name(), definition, keys,
                List.copyOf(mentions), unique, true, Optional.empty(), false, false, computed, false,
                Optional.empty(), stage == Stage.EXPAND ? Optional.empty() : Optional.of(stage))));
        if (table.created()) {
            return Sequence.of(after, FreshTable.ddl(subject, table, node.get("relation").flag("inh")
                    ? definition
                    : definition.replaceFirst(" ON ", " ON ONLY ")));
        }
        requireSoundServer(subject.catalog());
        if (subject.text().usesForeignOperators()) {
            throw new RefusedStatement("operator-outside-pg-catalog",
                    "index " + index + " uses an operator symbol that an extension defines too",
                    "What it means would depend on the search path of whoever builds it.",
                    "Write it as OPERATOR(schema.symbol).");
        }
        Sequence sequence = table.kind() == Relation.Kind.PARTITIONED_TABLE
                ? new PartitionedIndex(index.name(), unique, body, nameParts(node), stage)
                        .create(after, table, !node.get("relation").flag("inh"))
                : Sequence.of(after, build(stage, table, index, unique, body));
        return unique
                ? sequence.withTolerance(Tolerance.Side.NEW_WRITERS,
                        "must not write duplicates that " + index.name() + " forbids into " + table.name())
                : sequence;
    }

    static Draft build(Stage stage, Relation table, RelationName index, boolean unique, String body) {
        return Draft.of(stage, "create-index-" + index.name(), "Build index " + index + " beside the traffic",
                new Action.CreateIndex(table.name(), index, "CREATE " + (unique ? "UNIQUE " : "")
                        + "INDEX CONCURRENTLY " + quote(index.name()) + " ON " + table.name().quoted() + " " + body),
                // Waits for older transactions, but hinders neither readers nor writers.
                Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                .undone(true, "", new Action.DropIndex(table.name(), index))
                .validatedBy(Probe.indexValid(index));
    }

    static void requireSoundServer(Catalog catalog) {
        if (catalog.serverVersion() >= 140000 && catalog.serverVersion() < FIRST_SOUND_14) {
            throw new RefusedStatement("server-defect",
                    "this server is older than 14.4: CREATE INDEX CONCURRENTLY can corrupt the index",
                    "Rows would be missing from the index without an error.", "Update the server to 14.4 or later.");
        }
    }

    private static Set<String> mentions(SyntaxNode node) {
        Set<String> mentions = new LinkedHashSet<>();
        List<SyntaxNode> elements = new ArrayList<>(node.list("indexParams"));
        elements.addAll(node.list("indexIncludingParams"));
        for (SyntaxNode element : elements) {
            if (element.has("name")) {
                mentions.add(element.string("name"));
            } else {
                mentions.addAll(Expressions.columns(element.get("expr")));
            }
        }
        if (node.has("whereClause")) {
            mentions.addAll(Expressions.columns(node.get("whereClause")));
        }
        return mentions;
    }

    private static String chosenName(Subject subject, Relation table, SyntaxNode node) {
        return chosenName(subject.catalog(), table, nameParts(node));
    }

    /** As PostgreSQL names it: table, columns, included ones too, {@code idx}. */
    static String chosenName(Catalog catalog, Relation table, List<String> parts) {
        return catalog.freeName(table.name().schema(),
                GeneratedName.conventional(table.name().name(), String.join("_", parts), "idx"), ignored -> false);
    }

    /** What the columns and expressions of an index give to its name. */
    static List<String> nameParts(SyntaxNode node) {
        List<SyntaxNode> elements = new ArrayList<>(node.list("indexParams"));
        elements.addAll(node.list("indexIncludingParams"));
        List<String> parts = new ArrayList<>();
        for (SyntaxNode element : elements) {
            String part = element.has("name") ? element.string("name") : partName(element.get("expr"));
            String candidate = part;
            for (int number = 1; parts.contains(candidate); number++) {
                candidate = part + number;
            }
            parts.add(candidate);
        }
        return parts;
    }

    static String partName(SyntaxNode expression) {
        return switch (expression.type()) {
            case "ColumnRef" -> expression.strings("fields").get(expression.strings("fields").size() - 1);
            case "FuncCall" -> expression.strings("funcname").get(expression.strings("funcname").size() - 1);
            case "CoalesceExpr" -> "coalesce";
            case "CollateClause" -> partName(expression.get("arg"));
            case "TypeCast" -> {
                List<String> type = expression.get("typeName").strings("names");
                String argument = partName(expression.get("arg"));
                yield argument.equals("expr") ? type.get(type.size() - 1) : argument;
            }
            default -> "expr";
        };
    }

    /** The parser does not tell where an operator class stands: it is the last such word of its element. */
    private static void qualifyOperatorClasses(Subject subject, SyntaxNode node) {
        Tokens tokens = subject.text().tokens();
        int afterTable = tokens.afterName(tokens.indexAt(node.get("relation").location().orElseThrow()));
        int open = afterTable;
        while (!tokens.list().get(open).symbol("(")) {
            open++;
        }
        List<Tokens.Range> ranges = tokens.split(open + 1, tokens.closing(open));
        List<SyntaxNode> elements = node.list("indexParams");
        for (int i = 0; i < elements.size(); i++) {
            List<String> operatorClass = elements.get(i).strings("opclass");
            if (operatorClass.size() == 1 && subject.catalog().symbols().operatorClasses()
                    .contains(RelationName.of(Catalog.DEFAULT_SCHEMA, operatorClass.get(0)))) {
                int depth = tokens.list().get(ranges.get(i).from()).depth();
                for (int at = ranges.get(i).to() - 1; at >= ranges.get(i).from(); at--) {
                    Token token = tokens.list().get(at);
                    if (token.depth() == depth && token.identifier() && token.name().equals(operatorClass.get(0))) {
                        subject.text().qualifyNameAt(at);
                        break;
                    }
                }
            }
        }
    }
}
