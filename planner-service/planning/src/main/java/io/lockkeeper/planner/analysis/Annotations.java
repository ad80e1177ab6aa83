package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Names;

/** Comments, labels, rights, statistics and publications: nobody's rows or plans wait for them. */
final class Annotations implements Operation {

    /** From 18 on rights are written under a lock on what they are about. */
    private static final int GRANT_LOCKS = 180000;

    @Override
    public Set<String> takes() {
        return Set.of("CommentStmt", "SecLabelStmt", "GrantStmt", "AlterDefaultPrivilegesStmt", "CreateStatsStmt",
                "AlterStatsStmt", "CreatePublicationStmt", "AlterPublicationStmt");
    }

    @Override
    public void tell(Written written, Effects effects) {
        SyntaxNode node = written.node();
        switch (node.type()) {
            case "CommentStmt", "SecLabelStmt" -> comment(node, effects);
            case "GrantStmt" -> grant(node, effects);
            case "CreateStatsStmt" -> statistics(node, effects);
            case "CreatePublicationStmt", "AlterPublicationStmt" -> publication(node, effects);
            default -> effects.deploy(DeploymentClass.EXPAND);
        }
    }

    private static void comment(SyntaxNode node, Effects effects) {
        List<String> parts = node.get("object").is("List")
                ? node.get("object").strings("items")
                : List.of();
        switch (node.string("objtype")) {
            case "OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_INDEX", "OBJECT_SEQUENCE",
                    "OBJECT_FOREIGN_TABLE" ->
                lock(Names.of(parts), LockMode.SHARE_UPDATE_EXCLUSIVE, effects);
            case "OBJECT_COLUMN" -> {
                if (parts.size() < 2) {
                    effects.unknown("column " + parts.get(0) + " is named without its table, which the server refuses");
                } else {
                    lock(Names.of(parts.subList(0, parts.size() - 1)), LockMode.SHARE_UPDATE_EXCLUSIVE, effects);
                }
            }
            case "OBJECT_TABCONSTRAINT", "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE" -> lock(
                    Names.of(parts.subList(0, parts.size() - 1)), LockMode.ACCESS_SHARE, effects);
            default -> {
                // Not about a relation.
            }
        }
    }

    private static void lock(RelationName name, LockMode mode, Effects effects) {
        if (effects.after().tableOfIndex(name).isEmpty() && !composite(name, effects)) {
            effects.relation(name);
        }
        effects.lock(name, mode);
    }

    private static boolean composite(RelationName name, Effects effects) {
        return !effects.known(name) && effects.after().types().containsKey(name);
    }

    private static void grant(SyntaxNode node, Effects effects) {
        boolean gives = node.flag("is_grant");
        effects.deploy(gives ? DeploymentClass.EXPAND : DeploymentClass.CONTRACT);
        boolean relations = node.string("targtype").equals("ACL_TARGET_OBJECT")
                && (node.string("objtype").equals("OBJECT_TABLE") || node.string("objtype").equals("OBJECT_SEQUENCE"));
        for (SyntaxNode object : relations ? node.list("objects") : List.<SyntaxNode>of()) {
            effects.relation(Names.of(object));
            if (effects.before().serverVersion() >= GRANT_LOCKS) {
                effects.lock(Names.of(object), LockMode.ACCESS_SHARE);
            }
        }
        if (!gives) {
            effects.breaks(DeploymentClass.CONTRACT, Rule.CHANGE_OWNER, "who needs the right fails at once");
        }
    }

    private static void statistics(SyntaxNode node, Effects effects) {
        // The grammar takes any FROM item; the server refuses what is no table.
        for (SyntaxNode relation : node.list("relations").stream().filter(item -> item.is("RangeVar")).toList()) {
            RelationName table = Names.of(relation);
            lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE, effects);
            if (node.has("defnames")) {
                effects.fold(effects.relation(table).withDependent(new Dependent(Dependent.Kind.STATISTICS,
                        "statistics object " + Names.of(node.strings("defnames")))));
            }
        }
    }

    private static void publication(SyntaxNode node, Effects effects) {
        effects.deploy(node.is("CreatePublicationStmt") ? DeploymentClass.EXPAND : DeploymentClass.CONTRACT);
        for (SyntaxNode object : node.list("pubobjects")) {
            if (object.has("pubtable")) {
                Relation table = effects.relation(Names.of(object.get("pubtable").get("relation")));
                effects.lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE);
            }
        }
        if (!node.is("CreatePublicationStmt")) {
            effects.hazard(Hazard.CDC_BLIND);
            effects.find(Rule.CHANGE_PUBLICATION, "readers of " + node.string("pubname") + " get other rows");
        } else if (node.flag("for_all_tables")) {
            effects.breaks(DeploymentClass.EXPAND, Rule.CHANGE_PUBLICATION,
                    "UPDATE and DELETE fail on every table without a replica identity");
        } else {
            publishedWithoutIdentity(node, effects);
        }
    }

    private static void publishedWithoutIdentity(SyntaxNode node, Effects effects) {
        for (SyntaxNode object : node.list("pubobjects")) {
            RelationName table = object.has("pubtable")
                    ? Names.of(object.get("pubtable").get("relation"))
                    : RelationName.of("?", "?");
            if (!effects.after().relation(table).filter(Relation::publishable).isPresent()) {
                effects.breaks(DeploymentClass.EXPAND, Rule.CHANGE_PUBLICATION,
                        "UPDATE and DELETE fail on a published table without a replica identity");
            }
        }
    }
}
