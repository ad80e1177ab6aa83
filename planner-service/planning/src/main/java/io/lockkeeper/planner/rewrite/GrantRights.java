package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Grant;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;

/**
 * GRANT and REVOKE on tables, views, sequences and routines: a catalog update without a lock. What is granted is there in expand;
 * what is revoked waits in quarantine for the old version to be gone, and can be given back.
 */
final class GrantRights implements Rewrite {

    private static final List<String> TABLE = List.of("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES",
            "TRIGGER", "MAINTAIN");
    private static final List<String> SEQUENCE = List.of("SELECT", "UPDATE", "USAGE");
    private static final int MAINTAIN = 170000;

    /** @param columns none: the whole relation */
    private record Right(String privilege, List<String> columns) {

        String on(RelationName relation) {
            return privilege + (columns.isEmpty() ? "" : " (" + list(columns) + ")") + " ON " + relation.quoted();
        }
    }

    @Override
    public Set<String> takes() {
        return Set.of("GrantStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        boolean relations = node.string("targtype").equals("ACL_TARGET_OBJECT")
                && Set.of("OBJECT_TABLE", "OBJECT_SEQUENCE").contains(node.string("objtype"));
        boolean roles = node.list("grantees").stream()
                .allMatch(role -> Set.of("ROLESPEC_CSTRING", "ROLESPEC_PUBLIC").contains(role.string("roletype")));
        boolean routines = node.string("targtype").equals("ACL_TARGET_OBJECT")
                && Set.of("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE").contains(node.string("objtype"));
        if (!relations && !routines || !roles || node.has("grantor")) {
            throw Unsupported.refuse("GrantStmt");
        }
        subject.refuseCascade(node);
        List<String> grantees = node.list("grantees").stream().map(role -> role.has("rolename")
                ? bare(role.string("rolename"))
                : "PUBLIC").toList();
        if (routines) {
            return GrantOnRoutine.rewrite(subject, grantees);
        }
        Sequence sequence = Sequence.of(subject.catalog());
        for (SyntaxNode object : node.list("objects")) {
            Relation relation = subject.of(Subject.name(object), Relation.Kind.TABLE, Relation.Kind.PARTITIONED_TABLE,
                    Relation.Kind.VIEW, Relation.Kind.MATERIALIZED_VIEW, Relation.Kind.SEQUENCE);
            List<Right> rights = rights(subject, relation, node);
            Subject next = subject.with(sequence.after());
            sequence = sequence.then(node.flag("is_grant")
                    ? grant(next, relation, rights, grantees, node.flag("grant_option"))
                    : revoke(next, relation, rights, grantees, node.flag("grant_option")));
        }
        return sequence;
    }

    private static Sequence grant(Subject subject, Relation relation, List<Right> rights, List<String> grantees,
            boolean option) {
        List<String> statements = new ArrayList<>();
        List<String> undo = new ArrayList<>();
        Relation after = relation;
        for (String grantee : grantees) {
            for (Right right : rights) {
                Grant wanted = new Grant(right.privilege(), grantee, option);
                statements.add("GRANT " + right.on(relation.name()) + wanted.suffix());
                if (!holds(relation, right, grantee, false)) {
                    undo.add("REVOKE " + right.on(relation.name()) + " FROM " + grantee);
                    undo.addAll(columnsAgain(relation, right, grantee));
                } else if (option && !holds(relation, right, grantee, true)) {
                    undo.add("REVOKE GRANT OPTION FOR " + right.on(relation.name()) + " FROM " + grantee);
                }
                after = with(after, right, wanted);
            }
        }
        Draft draft = Draft.ddl(Stage.EXPAND, "grant-" + relation.name().name(), "Grant rights on " + relation.name(),
                statements);
        return Sequence.of(subject.catalog().with(after),
                undo.isEmpty() ? draft.undoneByNothing("they were held before") : draft.undoneBy(array(undo)));
    }

    private static Sequence revoke(Subject subject, Relation relation, List<Right> rights, List<String> grantees,
            boolean option) {
        List<String> statements = new ArrayList<>();
        List<String> undo = new ArrayList<>();
        Relation after = relation;
        for (String grantee : grantees) {
            for (Right right : rights) {
                List<String> columns = columnsAgain(relation, right, grantee);
                if (!holds(relation, right, grantee, option) && columns.isEmpty()) {
                    continue;
                }
                statements.add("REVOKE " + (option ? "GRANT OPTION FOR " : "") + right.on(relation.name()) + " FROM "
                        + grantee);
                if (holds(relation, right, grantee, option)) {
                    undo.add("GRANT " + right.on(relation.name())
                            + new Grant(right.privilege(), grantee, holds(relation, right, grantee, true)).suffix());
                }
                undo.addAll(columns);
                after = without(after, right, grantee);
            }
        }
        if (statements.isEmpty()) {
            return Sequence.nothing(subject.catalog(), "nobody holds the rights on " + relation.name()
                    + " that are revoked");
        }
        return Sequence.of(subject.catalog().with(after), Draft.ddl(
                relation.created() ? Stage.EXPAND : Stage.QUARANTINE, "revoke-" + relation.name().name(),
                "Revoke rights on " + relation.name(), statements)
                .undoneBy(array(undo)))
                .withTolerance(Tolerance.Side.OLD_VERSION, "uses " + relation.name() + " with the rights it had");
    }

    private static List<Right> rights(Subject subject, Relation relation, SyntaxNode node) {
        Catalog catalog = subject.catalog();
        if (!node.has("privileges")) {
            List<String> all = relation.kind() == Relation.Kind.SEQUENCE
                    ? SEQUENCE
                    : TABLE.stream().filter(right -> catalog.serverVersion() >= MAINTAIN || !right.equals("MAINTAIN"))
                            .toList();
            return all.stream().map(right -> new Right(right, List.of())).toList();
        }
        return node.list("privileges").stream().flatMap(privilege -> {
            privilege.strings("cols").forEach(column -> subject.column(relation, column));
            List<String> columns = privilege.strings("cols");
            return privilege.has("priv_name")
                    ? Stream.of(new Right(privilege.string("priv_name").toUpperCase(Locale.ROOT), columns))
                    : Stream.of("SELECT", "INSERT", "UPDATE", "REFERENCES").map(right -> new Right(right, columns));
        }).toList();
    }

    /** A REVOKE on the relation takes the same right on its columns away too. */
    private static List<String> columnsAgain(Relation relation, Right right, String grantee) {
        return !right.columns().isEmpty()
                ? List.of()
                : relation.columns().stream().flatMap(column -> column.grants().stream()
                        .filter(grant -> grant.grantee().equals(grantee)
                                && grant.privilege().equals(right.privilege()))
                        .map(grant -> "GRANT " + new Right(right.privilege(), List.of(column.name()))
                                .on(relation.name()) + grant.suffix()))
                        .toList();
    }

    private static boolean holds(Relation relation, Right right, String grantee, boolean option) {
        if (right.columns().isEmpty()) {
            return holds(relation.grants(), right, grantee, option);
        }
        return right.columns().stream().allMatch(name -> relation.column(name)
                .filter(column -> holds(column.grants(), right, grantee, option)).isPresent());
    }

    private static boolean holds(List<Grant> grants, Right right, String grantee, boolean option) {
        return grants.stream().anyMatch(grant -> grant.grantee().equals(grantee)
                && grant.privilege().equals(right.privilege()) && (grant.grantable() || !option));
    }

    private static Relation with(Relation relation, Right right, Grant grant) {
        Relation less = without(relation, right, grant.grantee());
        if (right.columns().isEmpty()) {
            return less.withGrants(Stream.concat(less.grants().stream(), Stream.of(grant)).toList());
        }
        for (String name : right.columns()) {
            less = less.changeColumn(name, column -> column
                    .withGrants(Stream.concat(column.grants().stream(), Stream.of(grant)).toList()));
        }
        return less;
    }

    private static Relation without(Relation relation, Right right, String grantee) {
        if (right.columns().isEmpty()) {
            return relation.withGrants(without(relation.grants(), right, grantee));
        }
        Relation less = relation;
        for (String name : right.columns()) {
            less = less.changeColumn(name, (Column column) -> column
                    .withGrants(without(column.grants(), right, grantee)));
        }
        return less;
    }

    private static List<Grant> without(List<Grant> grants, Right right, String grantee) {
        return grants.stream().filter(
                grant -> !grant.grantee().equals(grantee) || !grant.privilege().equals(right.privilege())).toList();
    }

    /** As {@code quote_ident} prints a role: the catalog's grants name it so. */
    private static String bare(String role) {
        return role.matches("[a-z_][a-z0-9_]*") ? role : quote(role);
    }

    private static String list(List<String> columns) {
        return columns.stream().map(Identifier::quote).collect(Collectors.joining(", "));
    }

    private static String[] array(List<String> statements) {
        return statements.toArray(String[]::new);
    }
}
