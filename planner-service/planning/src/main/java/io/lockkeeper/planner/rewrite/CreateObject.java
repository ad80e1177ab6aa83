package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Tokens;
import io.lockkeeper.planner.statement.TypeNames;

/** CREATE TYPE (enum, composite), CREATE DOMAIN, CREATE SEQUENCE and CREATE SCHEMA, as written: new and used by nobody. */
final class CreateObject implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("CreateEnumStmt", "CompositeTypeStmt", "CreateDomainStmt", "CreateSeqStmt", "CreateSchemaStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        return switch (subject.node().type()) {
            case "CreateEnumStmt" -> type(subject, Subject.name(subject.node().strings("typeName")),
                    Type.Kind.ENUM, "E");
            case "CompositeTypeStmt" -> type(subject, Subject.name(subject.node().get("typevar")),
                    Type.Kind.COMPOSITE, "C");
            case "CreateDomainStmt" -> type(subject, Subject.name(subject.node().strings("domainname")),
                    Type.Kind.DOMAIN, category(subject));
            case "CreateSeqStmt" -> sequence(subject);
            default -> schema(subject);
        };
    }

    private static Sequence type(Subject subject, RelationName name, Type.Kind kind, String category) {
        if (subject.catalog().types().containsKey(name) || subject.catalog().taken(name)) {
            throw new RefusedStatement("already-exists", "type " + name + " exists already", "",
                    "Choose another name.");
        }
        CreateTable.requireSchema(subject.catalog(), name);
        subject.text().qualifyNameAt(2); // CREATE TYPE name, CREATE DOMAIN name
        Catalog after = subject.catalog().with(new Type(name, quotedWhereNeeded(name), kind, category,
                kind == Type.Kind.DOMAIN && subject.node().has("constraints"), subject.node().strings("vals")));
        return Sequence.of(after, Draft.ddl(Stage.EXPAND, "create-type-" + name.name(), "Create type " + name,
                subject.underSearchPath(List.of(subject.text().whole())))
                .undoneBy((kind == Type.Kind.DOMAIN ? "DROP DOMAIN " : "DROP TYPE ") + name.quoted()));
    }

    private static String category(Subject subject) {
        RelationName base = TypeNames.columnType(subject.node().get("typeName"), subject.catalog()).base();
        return subject.catalog().types().get(base).category();
    }

    private static Sequence sequence(Subject subject) {
        SyntaxNode node = subject.node();
        RelationName name = Subject.name(node.get("sequence"));
        if (node.flag("if_not_exists") && subject.catalog().relation(name)
                .filter(relation -> relation.kind() == Relation.Kind.SEQUENCE).isPresent()) {
            return Sequence.nothing(subject.catalog(), "sequence " + name + " is there already; it was not compared");
        }
        boolean owned = node.list("options").stream().anyMatch(option -> option.string("defname").equals("owned_by"));
        if (subject.catalog().taken(name) || owned || node.get("sequence").string("relpersistence").equals("t")) {
            throw new RefusedStatement("already-exists",
                    "sequence " + name + " exists already, is temporary, or names its owner", "",
                    "Choose another name, and leave OWNED BY out.");
        }
        CreateTable.requireSchema(subject.catalog(), name);
        Tokens tokens = subject.text().tokens();
        int first = tokens.indexAt(node.get("sequence").location().orElseThrow());
        String sql = "CREATE SEQUENCE " + subject.text().slice(tokens.list().get(first).start(),
                subject.statement().text().length());
        return Sequence.of(subject.catalog().with(Relation.created(name, Relation.Kind.SEQUENCE, List.of())),
                Draft.ddl(Stage.EXPAND, "create-sequence-" + name.name(), "Create sequence " + name, List.of(sql))
                        .undoneBy("DROP SEQUENCE " + name.quoted())
                        .validatedBy(Probe.relationExists(name)));
    }

    private static Sequence schema(Subject subject) {
        SyntaxNode node = subject.node();
        String name = node.string("schemaname");
        if (node.flag("if_not_exists") && subject.catalog().schemas().contains(name)) {
            return Sequence.nothing(subject.catalog(), "schema " + name + " is there already");
        }
        boolean plain = !name.isEmpty() && !node.has("schemaElts") && !node.has("authrole");
        if (!plain || subject.catalog().schemas().contains(name) || name.startsWith("lockkeeper")) {
            throw new RefusedStatement("unsupported-statement",
                    "schema " + name + " exists already, is ours, or is created together with other things", "",
                    "Write CREATE SCHEMA name, and what goes into it as statements of their own.");
        }
        return Sequence.of(subject.catalog().withSchema(name),
                Draft.ddl(Stage.EXPAND, "create-schema-" + name, "Create schema " + name,
                        List.of("CREATE SCHEMA " + quote(name))).undoneBy("DROP SCHEMA " + quote(name)));
    }

    /** As {@code format_type} prints a type of the application's own. */
    private static String quotedWhereNeeded(RelationName name) {
        return plain(name.schema()) + "." + plain(name.name());
    }

    private static String plain(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : quote(name);
    }
}
