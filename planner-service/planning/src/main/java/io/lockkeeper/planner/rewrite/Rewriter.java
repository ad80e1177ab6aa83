package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.policy.DenyRules;
import io.lockkeeper.planner.statement.NewerSyntax;
import io.lockkeeper.planner.statement.QualifiedText;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;
import io.lockkeeper.planner.statement.StatementKind;
import io.lockkeeper.planner.statement.Tokens;

/** Finds the rewrite for a statement. A statement that none takes is refused by name. */
public final class Rewriter {

    private static final List<Rewrite> REWRITES = List.of(new AddColumn(), new ColumnDefault(), new SetNotNull(),
            new DropNotNull(), new DropColumn(), new RenameColumn(), new ChangeType(), new AddCheck(),
            new AddForeignKey(), new AddPrimaryKey(), new AddUnique(), new ValidateConstraint(), new DropConstraint(),
            new AlterConstraint(),
            new RenameConstraint(), new ColumnSettings(), new CreateIndex(),
            new DropIndex(), new CreateTable(), new DropTable(), new CreateView(), new CreateObject(),
            new ReplaceRoutine(), new DropRoutine(), new CommentOn(), new InsertRows(), new UpdateRows(),
            new DeleteRows(), new MergeRows(), new DoBlock(), new SelectQuery(), new CallProcedure(),
            new OperatorStatement(),
            new NoStatement(), new AttachPartition(), new DetachPartition(), new Reindex(), new RenameTable(),
            new RenameIndex(), new AlterEnum(), new AlterSequence(), new DropView(), new MaterializedView(),
            new RowSecurity(), new GrantRights(), new ChangeReplicaIdentity(), new ExtendedStatistics(),
            new StorageParameters(), new CreateTrigger(), new DropTrigger(), new EnableTrigger(), new ClusterMark(),
            new AddIdentity(), new AlterDomain(), new RenamePart(), new RenameSequence());

    private static final Map<String, Rewrite> BY_KIND = byKind();

    private final PostgresGrammar grammar;
    private final DenyRules rules;
    private final Subject.Release release;

    /** For a target that allows nothing beyond the rules. */
    public Rewriter(PostgresGrammar grammar, String release, Policy policy, boolean oldVersion) {
        this(grammar, new DenyRules(grammar, policy, Set.of(), false), release, policy, oldVersion);
    }

    /**
     * @param release    name of the release, for generated names
     * @param oldVersion does an old version of the application run while the release does?
     */
    public Rewriter(PostgresGrammar grammar, DenyRules rules, String release, Policy policy, boolean oldVersion) {
        this.grammar = grammar;
        this.rules = rules;
        this.release = new Subject.Release(release, policy, oldVersion);
    }

    /** Makes one statement safe on a catalog that earlier statements have left behind. */
    public Rewritten rewrite(SourceStatement statement, Catalog catalog) {
        try {
            List<String> waived = rules.require(statement);
            QualifiedText text = QualifiedText.of(statement, catalog);
            SyntaxNode tree = statement.tree();
            Tokens.Range whole = new Tokens.Range(0, statement.text().length(), 0, text.tokens().list().size());
            Subject subject = new Subject(statement, text, tree, whole, catalog, release, grammar);
            String kind = StatementKind.of(tree);
            RoutineAnnotation.requireUnderstood(statement, kind);
            Sequence sequence = kind.equals("AlterTableStmt OBJECT_TABLE")
                    ? alterTable(subject)
                    : rewriteFor(kind).rewrite(subject);
            NewerSyntax.refuse(statement.tree(), catalog);
            for (String note : waived) {
                sequence = sequence.withNote(note);
            }
            return new Rewritten.Safe(sequence);
        } catch (RefusedStatement e) {
            return new Rewritten.Refused(new Refusal(e.code(), e.getMessage(), Optional.of(statement.location()),
                    e.hazard(), e.advice()));
        }
    }

    /** Each subcommand in turn, planned on what the one before it leaves. */
    private static Sequence alterTable(Subject subject) {
        SyntaxNode tree = subject.node();
        RelationName name = Subject.name(tree.get("relation"));
        Optional<Relation> table = subject.catalog().relation(name);
        if (table.isEmpty() && tree.flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "table " + name + " is not there");
        }
        Tokens tokens = subject.text().tokens();
        int afterName = tokens.afterName(tokens.indexAt(tree.get("relation").location().orElseThrow()));
        int first = tokens.list().get(afterName).symbol("*") ? afterName + 1 : afterName;
        List<Tokens.Range> clauses = tokens.split(first, tokens.list().size());
        List<SyntaxNode> commands = tree.list("cmds");
        Sequence sequence = new Sequence(List.of(), List.of(), List.of(), List.of(), subject.catalog());
        for (int i = 0; i < commands.size(); i++) {
            Subject next = subject.with(sequence.after()).with(commands.get(i), clauses.get(i));
            String kind = StatementKind.ofSubcommand(commands.get(i));
            sequence = sequence.then(PartitionTree.spread(rewriteFor(kind).rewrite(next), sequence.after(), name));
        }
        return sequence;
    }

    static List<Rewrite> rewrites() {
        return REWRITES;
    }

    private static Rewrite rewriteFor(String kind) {
        return Optional.ofNullable(BY_KIND.get(kind)).orElseThrow(() -> Unsupported.refuse(kind));
    }

    private static Map<String, Rewrite> byKind() {
        Map<String, Rewrite> kinds = new TreeMap<>();
        for (Rewrite rewrite : REWRITES) {
            for (String kind : rewrite.takes()) {
                if (kinds.put(kind, rewrite) != null) {
                    throw new IllegalStateException("two rewrites take " + kind);
                }
            }
        }
        return kinds;
    }
}
